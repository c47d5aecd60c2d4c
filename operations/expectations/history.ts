import pLimit from "p-limit";
import { NO_EXPECTATIONS } from "../../contract/names";
import { formatInstant } from "../../contract/registry";
import { checkExpectations } from "./check";
import type { ExpectationStore, VersionEntry } from "./store";

/** One line of the history. */
export interface HistoryEntry {
  readonly versionId: string;
  /** ISO 8601. */
  readonly uploadedAt: string;
  /** Whether the tasks use it. */
  readonly current: boolean;
  /** Whether it is a deletion: then there is nothing in it. */
  readonly deleted: boolean;
  readonly bytes: number;
  /** Number of expectations; absent when it is a deletion, or no array. */
  readonly expectations?: number;
  /** ARN of who uploaded it; absent when it was not uploaded by this command. */
  readonly by?: string;
  readonly message?: string;
  /** True when a deployment created it, empty, for the first task. */
  readonly initial?: true;
}

/** The `--json` result of `expectations history`. */
export interface History {
  readonly stack: string;
  readonly bucket: string;
  /** The newest first. */
  readonly versions: readonly HistoryEntry[];
  /** Whether there are older ones than those. */
  readonly more: boolean;
}

/** Files may be large: so many are read at a time, to count what is in them. */
const PARALLEL_READS = 4;

/** The newest versions, each read to count what is in it. */
export async function history(stack: string, store: ExpectationStore, limit: number): Promise<History> {
  const entries: VersionEntry[] = [];
  let more = false;
  for await (const entry of store.versions()) {
    if (entries.length === limit) {
      more = true;
      break;
    }
    entries.push(entry);
  }
  const slots = pLimit(PARALLEL_READS);
  const oldest = more ? undefined : entries.at(-1);
  const versions = await Promise.all(
    entries.map((entry) => slots(() => described(store, entry, entry === oldest))),
  );
  return { stack, bucket: store.bucket, versions, more };
}

async function described(
  store: ExpectationStore,
  entry: VersionEntry,
  isOldest: boolean,
): Promise<HistoryEntry> {
  const { versionId, isLatest, isDeletion, size } = entry;
  const basics = {
    versionId,
    uploadedAt: formatInstant(entry.uploadedAt.getTime()),
    current: isLatest,
    deleted: isDeletion,
    bytes: size,
  };
  if (isDeletion) return basics;
  const { bytes, by, message } = await store.version(versionId);
  const { expectations, isArray } = checkExpectations(bytes);
  const initial = isOldest && by === undefined && Buffer.from(bytes).equals(Buffer.from(NO_EXPECTATIONS));
  return {
    ...basics,
    ...(isArray && { expectations: expectations.length }),
    ...(by !== undefined && { by }),
    ...(message !== undefined && { message }),
    ...(initial && { initial }),
  };
}
