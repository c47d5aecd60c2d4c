import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../../contract/user-error";

/** Writes a file that the user has named. @throws UserError when it cannot be written */
export function writeOutput(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new UserError(unwritable(file, error as NodeJS.ErrnoException));
  }
}

/** Why a file cannot be written, and what to do. */
export function unwritable(file: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EISDIR":
      return `${file} is a folder: name a file in it, such as ${join(file, "mocks.json")}.`;
    case "ENOENT":
    case "ENOTDIR":
      return `No file can be created in ${dirname(resolve(file))}: create that folder first, or name a file in another.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `You may not write ${resolve(file)}: ask its owner for the right to, or name another file.`;
    default:
      return `${file} cannot be written (${message}): name another file.`;
  }
}
