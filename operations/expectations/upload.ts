import type { TaskSize } from "../../contract/fargate";
import { formatInstant } from "../../contract/registry";
import { UserError } from "../../contract/user-error";
import { callerChanges, lostMocks, type CallerChanges } from "./caller-changes";
import { changesBetween, formatChanges, isEmpty, type Changes } from "./changes";
import { checkExpectations, type Checked } from "./check";
import { countFindings, formatFindings, type Finding } from "./finding";
import type { Seen, SeenVersions } from "./seen";
import { ReplacedMeanwhile, type ExpectationStore, type StoredVersion } from "./store";

export interface UploadOptions {
  readonly stack: string;
  readonly store: ExpectationStore;
  readonly seen: SeenVersions;
  /** Size of the stack's tasks. */
  readonly size: TaskSize | undefined;
  /** Who uploads; asked for only when something is uploaded. */
  readonly uploader: () => Promise<string>;
  readonly message?: string;
  /** Asked before mocks that answer vanish or are hidden. @default true without asking */
  readonly confirm?: (changes: CallerChanges) => Promise<boolean>;
  /** One line of progress at a time. */
  readonly log: (line: string) => void;
}

/** What `push` and `rollback` have done; their `--json` result. */
export interface Uploaded {
  readonly stack: string;
  readonly bucket: string;
  /** False when the newest version holds the same already. */
  readonly uploaded: boolean;
  /** Of the newest version, uploaded or not. */
  readonly versionId: string;
  /** Number of expectations in it. */
  readonly expectations: number;
  readonly changes: Changes;
  readonly warnings: readonly Finding[];
}

/**
 * Uploads a file, after checking it, in place of the version that was last seen from here. What someone else has
 * uploaded since is not overwritten, unless `force` says so; and never what came while this was running.
 */
export async function push(
  options: UploadOptions & {
    readonly file: string;
    readonly bytes: Uint8Array;
    readonly force: boolean;
  },
): Promise<Uploaded> {
  const { stack, store, file, bytes, force } = options;
  const checked = refuseErrors(file, checkExpectations(bytes, options.size));
  const current = await store.current();
  const changes = changesFrom(current, checked);
  if (!force && !isEmpty(changes)) {
    const fault = conflict(stack, current, await lastSeen(options), changes);
    if (fault !== undefined) throw new UserError(fault);
  }
  return upload(options, bytes, checked, current, changes);
}

/** Uploads an older version once more, as the newest. Nothing is deleted. */
export async function rollback(
  options: UploadOptions & {
    /** Version id or its first characters. */
    readonly version: string;
  },
): Promise<Uploaded> {
  const { stack, store } = options;
  const [older, current] = await Promise.all([store.find(options.version), store.current()]);
  const { versionId } = older;
  const checked = refuseErrors(`${stack}@${versionId}`, checkExpectations(older.bytes, options.size));
  const message = options.message ?? `rollback to ${versionId}`;
  return upload({ ...options, message }, older.bytes, checked, current, changesFrom(current, checked));
}

function refuseErrors(file: string, checked: Checked): Checked {
  const { findings } = checked;
  if (findings.every(({ severity }) => severity === "warning")) return checked;
  throw new UserError(
    `${formatFindings(file, findings)}\n\n${countFindings(findings)}; nothing was uploaded.`,
  );
}

function changesFrom(current: StoredVersion | undefined, checked: Checked): Changes {
  return changesBetween(expectationsOf(current), checked.expectations);
}

function expectationsOf(version: StoredVersion | undefined): readonly unknown[] {
  return version ? checkExpectations(version.bytes).expectations : [];
}

async function upload(
  { stack, store, seen, message, uploader, confirm, log }: UploadOptions,
  bytes: Uint8Array,
  { expectations, findings }: Checked,
  current: StoredVersion | undefined,
  changes: Changes,
): Promise<Uploaded> {
  const result = {
    stack,
    bucket: store.bucket,
    expectations: expectations.length,
    changes,
    warnings: findings,
  };
  if (current && isEmpty(changes)) {
    seen.write(stack, { bucket: store.bucket, versionId: current.versionId, etag: current.etag });
    return { ...result, uploaded: false, versionId: current.versionId };
  }
  const noticed = callerChanges(expectationsOf(current), expectations);
  if (confirm && lostMocks(noticed).length > 0 && !(await confirm(noticed))) {
    throw new UserError("Nothing was uploaded.");
  }
  for (const line of formatChanges(changes)) log(line);
  const stored = await store
    .put(bytes, current, { by: await uploader(), message })
    .catch(async (error: unknown) => {
      if (!(error instanceof ReplacedMeanwhile)) throw error;
      const newest = await store.current();
      // An answer that was lost on the way makes the SDK ask again: then it was ours.
      if (newest && Buffer.from(newest.bytes).equals(bytes)) return newest;
      throw new UserError(
        `Someone uploaded to ${stack} at the same time (${newest ? describe(newest) : "and deleted the file"}); ` +
          "nothing was overwritten. Run it again to see what would change now.",
      );
    });
  const { versionId, etag } = stored;
  seen.write(stack, { bucket: store.bucket, versionId, etag });
  return { ...result, uploaded: true, versionId };
}

/** The version last seen from here; `undefined` when the bucket does not have it: the stack was deployed again. */
async function lastSeen({ stack, store, seen }: UploadOptions): Promise<Seen | undefined> {
  const last = seen.read(stack, store.bucket);
  return last && (await store.has(last.versionId)) ? last : undefined;
}

/** Why a push would undo someone else's work; `undefined` when it does not. */
function conflict(
  stack: string,
  current: StoredVersion | undefined,
  seen: Seen | undefined,
  changes: Changes,
): string | undefined {
  if (!current || current.etag === seen?.etag) return undefined;
  // Never pulled, but nothing of theirs is lost.
  if (!seen && changes.removed.length + changes.changed.length === 0) return undefined;
  const why = seen
    ? `The expectations of ${stack} have changed since you last saw them (version ${seen.versionId}).`
    : `${stack} has expectations that were never pulled to this folder.`;
  return [
    why,
    `  now there: ${describe(current)}`,
    ...formatChanges(changes).map((line) => `  yours would make: ${line}`),
    `Merge them: automock expectations pull ${stack} theirs.json, put your changes into it, and push that.`,
    "Or replace theirs with yours: --force. It is not lost: history lists it, rollback brings it back.",
  ].join("\n");
}

function describe({ versionId, uploadedAt, by, message }: StoredVersion): string {
  const said = message === undefined ? "" : `, "${message}"`;
  return `version ${versionId}, ${formatInstant(uploadedAt.getTime())}, by ${by ?? "another tool"}${said}`;
}
