import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOutFolder } from "../../../../cli/commands/plan/out-folder";
import { UserError } from "../../../../contract/user-error";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "out-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function refusal(path: string): string {
  try {
    makeOutFolder(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

it("creates the folder and its parents, and nothing else", () => {
  const path = join(folder, "a", "b");
  makeOutFolder(path);
  expect(readdirSync(path)).toEqual([]);
});

it("accepts an existing folder and keeps its content", () => {
  writeFileSync(join(folder, "plan.md"), "kept");
  makeOutFolder(folder);
  expect(readdirSync(folder)).toEqual(["plan.md"]);
});

it("refuses a file, and a folder below one", () => {
  const file = join(folder, "plans");
  writeFileSync(file, "");
  const message = `--out leads to ${file}, which is a file. Name a folder, or omit --out.`;
  expect(refusal(file)).toBe(message);
  expect(refusal(join(file, "below"))).toBe(message);
});

it("refuses a dangling link", () => {
  const link = join(folder, "link");
  symlinkSync(join(folder, "gone"), link);
  expect(refusal(link)).toMatch(
    /^--out is .*link, which cannot be created or written: EEXIST.*\.\nName a writable folder, or omit --out\.$/,
  );
});

it("returns if the folder cannot be created", () => {
  // Only Linux has it; elsewhere it is a folder that is not there.
  const paths = existsSync("/proc/self") ? ["/proc/x", "/proc/x/y", "/proc"] : [];
  for (const path of paths) {
    expect(refusal(path)).toContain(`--out is ${path}, which cannot be created or written: `);
  }
});
