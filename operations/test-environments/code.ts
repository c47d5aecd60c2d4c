import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { zipSync } from "fflate";
import { UserError } from "../../contract/user-error";

/** Maximum size of a zip that is uploaded with the call, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LIMIT_BYTES = 50 * 1024 * 1024;

/** Never part of the code. */
const LEFT_OUT = new Set(["__pycache__", ".git", ".pytest_cache", ".DS_Store"]);

/** The earliest time that a zip can name, in local time, because zip has no zone. */
const EPOCH = new Date(1980, 0, 1);

/**
 * A folder as a zip for Lambda: the same bytes for the same files.
 *
 * @param folder relative to the project
 * @throws UserError if the folder has no files or the zip is too large
 */
export function zipFolder(projectFolder: string, folder: string, limitBytes = LIMIT_BYTES): Uint8Array {
  const root = join(projectFolder, folder);
  const files = filesOf(root);
  if (files.length === 0) throw new UserError(`${folder} has no files, so there is no code to deploy.`);
  const content = files.map(
    (file) => [relative(root, file).split(sep).join("/"), readFileSync(file)] as const,
  );
  const zip = zipSync(Object.fromEntries(content), { level: 6, mtime: EPOCH, os: 3, attrs: 0o644 << 16 });
  if (zip.length <= limitBytes) return zip;
  throw new UserError(
    `${folder} is ${Math.ceil(zip.length / 1024 / 1024)} MiB as a zip; Lambda accepts up to 50 MiB. Bundle the code or leave out what it does not need.`,
  );
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !LEFT_OUT.has(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesOf(path) : [path];
    });
}
