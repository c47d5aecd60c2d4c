import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { zipFolder } from "../../../operations/test-environments/code";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "code-"));
  mkdirSync(join(folder, "api", "__pycache__"), { recursive: true });
  mkdirSync(join(folder, "api", "lib"));
  writeFileSync(join(folder, "api", "app.py"), "print(1)\n");
  writeFileSync(join(folder, "api", "lib", "util.py"), "");
  writeFileSync(join(folder, "api", "__pycache__", "app.pyc"), "x");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a zip has the files of the folder, without what tools leave there", () =>
  expect(Object.keys(unzipSync(zipFolder(folder, "api")))).toEqual(["app.py", "lib/util.py"]));

it("equal files give equal bytes, whenever they were written", () => {
  const before = zipFolder(folder, "api");
  utimesSync(join(folder, "api", "app.py"), 1e9, 1e9);
  expect(Buffer.compare(zipFolder(folder, "api"), before)).toBe(0);
});

it("refuses a folder without files, and a zip above the limit", () => {
  expect(() => zipFolder(folder, "api", 100)).toThrow(
    "api is 1 MiB as a zip; Lambda accepts up to 50 MiB. Bundle the code or leave out what it does not need.",
  );
  mkdirSync(join(folder, "empty"));
  expect(() => zipFolder(folder, "empty")).toThrow("empty has no files, so there is no code to deploy.");
});
