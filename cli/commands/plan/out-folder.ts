import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../../contract/user-error";

/**
 * Makes the folder of the saved plans, and proves that it can be written: better now than after minutes of planning.
 *
 * @param folder absolute path
 * @throws UserError when it is a file, or cannot be made or written
 */
export function makeOutFolder(folder: string): void {
  try {
    makeFolder(folder);
    rmdirSync(mkdtempSync(join(folder, ".automock-")));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `--out is ${folder}, which cannot be made or written: ${(error as Error).message}.\n` +
        "It has to be a folder that you may write, or one that can be made: name another, or leave --out out.",
    );
  }
}

/** Level by level: `recursive` never comes back where a parent refuses with "no such file", as /proc does. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another plan may have made it meanwhile.
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  } else if (!statSync(folder).isDirectory()) {
    throw new UserError(
      `--out leads to ${folder}, which is a file. It has to be a folder: name another, or leave --out out.`,
    );
  }
}
