import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notices, type Lock } from "./notices";

/** `npm run notices`: writes THIRD_PARTY_NOTICES.md. */
const PROJECT = join(__dirname, "..", "..");
const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")) as Lock;
writeFileSync(join(PROJECT, "THIRD_PARTY_NOTICES.md"), notices(lock));
