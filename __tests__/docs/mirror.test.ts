import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** Tests of the whole project, of its pipelines, and of the reaper in a simulated account. */
const WITHOUT_FOLDER = /^(bench|delivery|docs|e2e|golden|security|lambda\/ttl-cleanup\/simulator)(\/|$)/;

it("every test lies in the folder of what it tests", () => {
  const files = readdirSync(join(ROOT, "__tests__"), { recursive: true, encoding: "utf8" });
  const folders = new Set(files.filter((file) => file.endsWith(".test.ts")).map((file) => dirname(file)));
  expect(folders.size).toBeGreaterThan(40);
  expect(
    [...folders].filter((folder) => !WITHOUT_FOLDER.test(folder) && !existsSync(join(ROOT, folder))),
  ).toEqual([]);
});
