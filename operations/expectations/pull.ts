import { existsSync, readFileSync } from "node:fs";
import { formatInstant } from "../../contract/registry";
import { UserError } from "../../contract/user-error";
import { checkExpectations } from "./check";
import { unwritable, writeOutput } from "./output";
import type { SeenVersions } from "./seen";
import type { ExpectationStore } from "./store";

export interface PullOptions {
  readonly stack: string;
  readonly store: ExpectationStore;
  readonly seen: SeenVersions;
  /** Where to write them; nowhere when left out. */
  readonly file?: string;
  /** Whether a file with other contents is replaced. */
  readonly force: boolean;
}

/** The `--json` result of `expectations pull`. */
export interface Pulled {
  readonly stack: string;
  readonly bucket: string;
  readonly versionId: string;
  /** ISO 8601. */
  readonly uploadedAt: string;
  readonly by?: string;
  readonly message?: string;
  readonly file?: string;
  /** Number of expectations; absent, as `content`, when the object is no JSON array. */
  readonly expectations?: number;
  readonly content?: readonly unknown[];
}

/** Fetches the newest version and remembers it: the next push may replace it. */
export async function pull({
  stack,
  store,
  seen,
  file,
  force,
}: PullOptions): Promise<{ readonly bytes: Uint8Array; readonly result: Pulled }> {
  const current = await store.current();
  if (!current) {
    throw new UserError(
      `The expectations of ${stack} were deleted: push a file, or bring a version of its history back with rollback.`,
    );
  }
  const { bytes, versionId, etag, uploadedAt, by, message } = current;
  if (file !== undefined) write(file, bytes, force);
  seen.write(stack, { bucket: store.bucket, versionId, etag });
  const { expectations: content, isArray } = checkExpectations(bytes);
  const result = {
    stack,
    bucket: store.bucket,
    versionId,
    uploadedAt: formatInstant(uploadedAt.getTime()),
    ...(by !== undefined && { by }),
    ...(message !== undefined && { message }),
    ...(file !== undefined && { file }),
    ...(isArray && { expectations: content.length, content }),
  };
  return { bytes, result };
}

function write(file: string, bytes: Uint8Array, force: boolean): void {
  if (!force && existsSync(file) && !contentOf(file).equals(bytes)) {
    throw new UserError(
      `${file} exists and holds something else: name another file, or replace it with --force.`,
    );
  }
  writeOutput(file, bytes);
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(unwritable(file, error as NodeJS.ErrnoException));
  }
}
