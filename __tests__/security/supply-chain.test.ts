import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
const below = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(ROOT, folder, name))
    .filter((file) => statSync(file).isFile());
const pipelines = [
  ...readdirSync(ROOT)
    .filter((name) => name.startsWith("Jenkinsfile"))
    .map((name) => join(ROOT, name)),
  ...below(".github/workflows"),
  ...below("delivery"),
];

const lines = pipelines.flatMap((file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => !/^\s*(#|\/\/)/.test(line)),
);
const found = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[0] ?? []);

it("no pipeline runs scripts of packages but one that is named, in new files too", () => {
  const installs = found(/\b(npm (ci|i|install|rebuild)|yarn|pnpm)\b[^'"\n]*/);
  expect(installs.length).toBeGreaterThanOrEqual(13);
  expect([...new Set(installs)].sort()).toEqual([
    "npm ci --ignore-scripts",
    "npm rebuild --ignore-scripts=false @cdktf/node-pty-prebuilt-multiarch",
  ]);
});

it("no package runs scripts when a person installs them", () => {
  expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toMatch(/^ignore-scripts=true$/m);
});

it("none downloads a package that the lock file does not have, or a script to run", () => {
  expect(found(/\bnpx (--yes|-y)\b.*|\b(curl|wget)\b[^\n]*\|\s*(ba)?sh\b/)).toEqual([]);
  expect([...new Set(found(/\bnpx [\w@/-]+/))]).toEqual(["npx automock"]);
});
