import type { Clients } from "../../../cleanup/aws/clients";
import type { JournalEntry, TestNodeType, TestRun } from "../../../contract/test-run";
import type { Waiting } from "../consistency";

/** What AWS calls a resource that was created. */
export interface Created extends Pick<JournalEntry, "arn"> {
  /** What its deletion handler calls `id`. */
  readonly id: string;
  /** URL of an API. */
  readonly url?: string;
}

/** A resource of the node's name that exists. */
export interface Existing extends Created {
  readonly tags: Readonly<Record<string, string>>;
}

/** What a node needs of the world. */
export interface NodeContext extends Waiting {
  readonly run: TestRun;
  /** Tags of everything that is created. */
  readonly tags: Readonly<Record<string, string>>;
  readonly clients: Clients;
  readonly signal: AbortSignal;
  /** A line of progress. */
  readonly progress: (text: string) => void;
  /** Folder that code paths are relative to. */
  readonly projectFolder: string;
  /** A node that has been created; all those in `after` have. */
  created(node: string): Created;
  /** Waits for the turn of an operation that AWS limits per account: one call every `everyMs`. */
  pace(operation: string, everyMs: number): Promise<void>;
}

/** One resource of a run: how it is found and created. Deleting it is the business of the cleanup's handlers. */
export interface Node {
  /** Unique in a run, for example `users`, `api.role`. */
  readonly node: string;
  readonly type: TestNodeType;
  /** Deterministic name in AWS. */
  readonly name: string;
  /** Nodes that must be ready first. */
  readonly after: readonly string[];
  /** Calls that create it, without retries and polls, for `plan`. */
  readonly calls: readonly string[];
  /** Creating does not fail when the name exists, so it is looked for before. */
  readonly looksFirst?: boolean;
  find(context: NodeContext): Promise<Existing | undefined>;
  create(context: NodeContext): Promise<Created>;
  /** Settings after the creation, and waiting until it can be used. Idempotent. */
  finish?(context: NodeContext, created: Created): Promise<void>;
}

/** Every poll of the SDK's waiters waits this long: their own default for a table is 20 s. In seconds. */
const POLL = { minDelay: 1, maxDelay: 4, maxWaitTime: 180 } as const;

/**
 * Runs an SDK waiter. Those of the SDK go on after every error, such as an expired token, until their time is up; here an
 * answer that no later poll will change ends the wait.
 *
 * @param client its type in a waiter is the whole client, but a waiter only sends
 * @throws the error that ended it
 */
export async function polled<C>(
  client: Pick<C & { send: unknown }, "send">,
  { signal }: NodeContext,
  wait: (settings: typeof POLL & { client: C; abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  const final = new AbortController();
  const send = client.send as (...args: unknown[]) => Promise<unknown>;
  const watched = {
    send: (...args: unknown[]) =>
      send.apply(client, args).catch((error: unknown) => {
        if (isFinal(error)) final.abort(error);
        throw error;
      }),
  };
  const abortSignal = AbortSignal.any([signal, final.signal]);
  try {
    await wait({ client: watched as C, abortSignal, ...POLL });
  } catch (error) {
    throw final.signal.aborted ? final.signal.reason : error;
  }
}

/** Refused for another reason than too many calls, or than a resource that is not known yet. */
function isFinal(error: unknown): boolean {
  const { name = "", $metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  const passes = /NotFound|Throttl|TooManyRequests|LimitExceeded|RequestTimeout/;
  return status >= 400 && status < 500 && status !== 429 && !passes.test(name);
}

/** Tags as `Key` and `Value`. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags from the list in which a service returns them. */
export function tagRecord(
  list: readonly { readonly Key?: string; readonly Value?: string }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
