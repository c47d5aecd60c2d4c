import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../../contract/user-error";

/**
 * Creates the folder for the saved plans and checks that it is writable, before minutes of planning.
 *
 * @param folder absolute path
 * @throws UserError when it is a file, or cannot be created or written
 */
export function makeOutFolder(folder: string): void {
  try {
    makeFolder(folder);
    rmdirSync(mkdtempSync(join(folder, ".automock-")));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `--out is ${folder}, which cannot be created or written: ${(error as Error).message}.\n` +
        "Name a writable folder, or omit --out.",
    );
  }
}

/** Level by level: `recursive` never returns if a parent refuses with "no such file", as /proc does. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another plan may have created it in the meantime.
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  } else if (!statSync(folder).isDirectory()) {
    throw new UserError(`--out leads to ${folder}, which is a file. Name a folder, or omit --out.`);
  }
}
