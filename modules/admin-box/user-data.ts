import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The script that a box runs at its first boot. */
export const USER_DATA = readFileSync(join(__dirname, "scripts", "user-data.sh"), "utf8");
