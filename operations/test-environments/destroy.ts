import { describeError } from "../../cleanup/engine/classify";
import { scopeOf, takeInventory, type Inventory, type Leads } from "../../cleanup/engine/inventory";
import type { EnvKey, Handler } from "../../cleanup/engine/resource";
import { run } from "../../cleanup/engine/run";
import { Worklist } from "../../cleanup/engine/worklist";
import { journalLeads, mergedHints } from "../../cleanup/journal";
import { createHandlers } from "../../cleanup/resources";
import { taggedWith } from "../../cleanup/resources/discovery";
import { setTimeout } from "node:timers/promises";
import type { TrailEntry } from "../../contract/deletion";
import { reaperNames } from "../../contract/reaper";
import { TEST_NODE_TYPES, TEST_SYSTEM } from "../../contract/test-run";
import { readJournal, type RunWorld } from "./world";

export interface DestroyResult {
  /** Nothing is left, by a complete listing after the last deletion. */
  readonly empty: boolean;
  /** `<type> <id>` of what is left, with the reason. */
  readonly left: readonly { readonly resource: string; readonly reason: string }[];
  /** Why it is unknown whether more is left. */
  readonly errors: readonly string[];
  /** Number of deleted resources by type. */
  readonly deleted: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Longest time of one destruction in milliseconds. What is left then needs another call. */
const LIMIT_MS = 15 * 60_000;

/**
 * Removes a run: what the journal says was created, and what carries its tags. It decides, orders and repeats with the
 * engine of the reaper, so a second call finds nothing to do.
 */
export async function destroyRun(world: RunWorld, limitMs = LIMIT_MS): Promise<DestroyResult> {
  const { clients, now } = world;
  const started = now();
  const env: EnvKey = {
    environment: world.run.run,
    system: TEST_SYSTEM,
    accountId: world.run.accountId,
    region: world.run.region,
  };
  const handlers = createHandlers({ read: clients, write: clients }).filter(isOurs);
  const inventory = async (): Promise<Inventory> => {
    const leads = await leadsOf(world, env, new Set(handlers.map(({ type }) => type)));
    return takeInventory(scopeOf(env, leads), leads, handlers);
  };
  const list = new Worklist(
    { clock: { now, sleep }, metrics: { add: () => undefined } },
    { note: (entry) => report(world, started, entry), flush: () => Promise.resolve() },
    [],
    {},
  );
  const relist = async () => {
    const listed = await inventory();
    return withoutRights(listed) ? listed.errors.join("; ") : listed;
  };
  const first = await relist();
  if (typeof first === "string") {
    return { empty: false, left: [], errors: [first], deleted: {}, seconds: (now() - started) / 1000 };
  }
  const result = await run(list, first, {
    clock: { sleep },
    remainingMs: () => started + limitMs - now(),
    relist,
    beforeRound: () => Promise.resolve(),
    salt: env.environment,
  });
  const seconds = (now() - started) / 1000;
  const left = list.unfinished(now()).map(({ type, id, lastError, blockedBy, status }) => ({
    resource: `${type} ${id}`,
    reason: lastError ?? (blockedBy.length > 0 ? `waits for ${blockedBy.join(", ")}` : status),
  }));
  const unknown = result.unsupported.map((resource) => ({ resource, reason: "no handler for its type" }));
  return {
    empty: result.empty,
    left: [...left, ...unknown],
    errors: result.errors,
    deleted: list.deleted,
    seconds,
  };
}

/** The credentials have expired, or nothing at all may be listed: no repetition will change that. */
function withoutRights({ errors, items }: Inventory): boolean {
  if (errors.some((error) => EXPIRED.test(error))) return true;
  return items.length === 0 && errors.length > 0 && errors.every((error) => DENIED.test(error));
}

const EXPIRED = /: (ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient)/;
const DENIED = /: (AccessDenied|UnauthorizedOperation|AuthorizationError)/;

/** What a run can have. Listing anything else would cost calls and rights. */
function isOurs({ type }: Handler): boolean {
  return TEST_NODE_TYPES.some((one) => one === type);
}

const sleep = (ms: number) => setTimeout(ms);

async function leadsOf(world: RunWorld, env: EnvKey, handled: ReadonlySet<string>): Promise<Leads> {
  const errors: string[] = [];
  const orElse = async <T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      errors.push(`${what}: ${describeError(error)}`);
      return otherwise;
    }
  };
  const [entries, index] = await Promise.all([
    orElse("reading the journal", () => readJournal(world), world.journal.read()?.entries ?? []),
    orElse("reading the tag index", () => taggedWith(world.clients, env), {
      tagged: new Map<string, readonly string[]>(),
      unknownArns: [],
    }),
  ]);
  const { claims, hints } = journalLeads(world.run, entries);
  return {
    claims,
    byo: [],
    untouchable: Object.values(reaperNames(env.accountId, env.region)).filter(
      (name): name is string => typeof name === "string",
    ),
    tagged: mergedHints(index.tagged, hints),
    // Created, and nothing here can say whether it still exists.
    unsupported: [
      ...index.unknownArns,
      ...entries
        .filter(({ state, type }) => state === "created" && !handled.has(type))
        .map(({ type, id }) => `${type} ${id}`),
    ],
    vpcs: [],
    errors,
  };
}

function report({ progress, now }: RunWorld, started: number, entry: TrailEntry): void {
  const { action, resource, outcome, error } = entry;
  const seconds = ((now() - started) / 1000).toFixed(1);
  if (action === "gone") progress(`${resource}: deleted (${seconds} s)`);
  else if (error !== undefined) progress(`${resource}: ${outcome}, tried again: ${error}`);
}
