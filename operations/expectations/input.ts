import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../contract/user-error";

/** The bytes of a file; of standard input for `-`. */
export function readInput(file: string): Uint8Array {
  if (file === "-" && process.stdin.isTTY) {
    throw new UserError('"-" reads standard input, and nothing is piped into it: name a file.');
  }
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    switch (code) {
      case "ENOENT":
      case "ENOTDIR":
        throw new UserError(`There is no file ${resolve(file)}: check the name.`);
      case "EISDIR":
        throw new UserError(`${labelOf(file)} is a folder: name a JSON file in it.`);
      case "EACCES":
      case "EPERM":
        throw new UserError(
          `You may not read ${resolve(file)}: ask its owner for the right to, or name another file.`,
        );
      default:
        throw new UserError(`${labelOf(file)} cannot be read (${message}): name another file.`);
    }
  }
}

/** What a file is called in messages. */
export function labelOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
