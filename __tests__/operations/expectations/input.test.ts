import fs, { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelOf, readInput } from "../../../operations/expectations/input";
import { UserError } from "../../../contract/user-error";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "input-"))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function refusal(file: string): string {
  try {
    readInput(file);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

it("reads the bytes as they are", () => {
  const file = join(folder, "mocks.json");
  writeFileSync(file, "[ ]\r\n");
  expect(Buffer.from(readInput(file)).toString()).toBe("[ ]\r\n");
  expect([labelOf(file), labelOf("-")]).toEqual([file, "standard input"]);
});

it("says in words what cannot be read", () => {
  const file = join(folder, "mocks.json");
  writeFileSync(file, "[]");
  expect(refusal(folder)).toBe(`${folder} is a folder: name a JSON file in it.`);
  for (const path of [join(folder, "gone.json"), join(file, "below")]) {
    expect(refusal(path)).toBe(`There is no file ${path}: check the name.`);
  }
  expect(refusal(join(folder, "x".repeat(300)))).toMatch(
    /x cannot be read \(ENAMETOOLONG.*\): name another file\.$/,
  );
});

it.each(["EACCES", "EPERM"])("says who may help against %s", (code) => {
  // Nobody can be kept from reading when the tests run as root.
  jest.spyOn(fs, "readFileSync").mockImplementation(() => {
    throw Object.assign(new Error("denied"), { code });
  });
  expect(refusal("/a/mocks.json")).toBe(
    "You may not read /a/mocks.json: ask its owner for the right to, or name another file.",
  );
});

it("does not wait for a person to type", () => {
  const { isTTY } = process.stdin;
  process.stdin.isTTY = true;
  try {
    expect(refusal("-")).toBe('"-" reads standard input, and nothing is piped into it: name a file.');
  } finally {
    process.stdin.isTTY = isTTY;
  }
});
