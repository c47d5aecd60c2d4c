import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrivateFile } from "../../operations/private-file";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "private-"))));
afterEach(() => rmSync(folder, { recursive: true }));

it("only this user can read the file, whatever was there before", () => {
  const file = join(folder, "plan.md");
  writeFileSync(file, "before");
  chmodSync(file, 0o666);
  writePrivateFile(file, "report");
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["report", 0o600]);
});

it("replaces a link instead of what it points at", () => {
  const [file, other] = [join(folder, "plan.md"), join(folder, "other")];
  writeFileSync(other, "other");
  symlinkSync(other, file);
  writePrivateFile(file, "report");
  expect([readFileSync(file, "utf8"), readFileSync(other, "utf8")]).toEqual(["report", "other"]);
});
