import { stableHash } from "../../../contract/names";
import type { RegistryRecord } from "../../../contract/registry";
import { describeError } from "./classify";
import type { ReaperConfig } from "./config";
import { judge, type Evidence, type Judgement } from "./ownership";
import type { EnvScope, Found, Handler, Scan, StateResource } from "./ports";

/** A resource with what was decided about it. */
export interface Item extends Judgement {
  readonly handler: Handler;
  /** `<type> <id>`, unique in an environment. */
  readonly key: string;
}

/** Everything an environment has, as far as it could be listed. */
export interface Inventory {
  readonly env: EnvScope;
  /** Proven resources, deletable or held. */
  readonly items: readonly Item[];
  /** Candidates that are not the environment's. */
  readonly foreign: readonly Item[];
  /** Managed resources of types that no handler knows, and tagged ARNs likewise: they block "done". */
  readonly unsupported: readonly string[];
  /** What could not be listed. Not empty: the environment cannot be called empty. */
  readonly errors: readonly string[];
  readonly hash: string;
  /** Of the state that it was taken from. */
  readonly stateVersion?: string;
}

/** The scope that handlers and session get. A VPC is owned when state or tags prove it and nothing speaks against. */
export function scopeOf(
  record: RegistryRecord,
  scan: Scan,
  untouchable: ReaperConfig["untouchable"],
): EnvScope {
  const hints = new Map<string, Set<string>>();
  const hint = (type: string, ids: readonly string[]) =>
    hints.set(type, new Set([...(hints.get(type) ?? []), ...ids]));
  for (const one of stateOf(scan)) {
    if (one.mode === "managed" && typeof one.handledBy === "object") hint(one.handledBy.type, one.ids);
  }
  for (const [type, ids] of scan.tagged) hint(type, ids);
  const env: EnvScope = {
    environment: record.environment,
    system: record.system,
    accountId: record.accountId,
    region: record.region,
    stateRef: record.stateRef,
    ownedVpcIds: [],
    hints: new Map([...hints].map(([type, ids]) => [type, [...ids]])),
  };
  const evidence = evidenceOf(env, record, scan, untouchable);
  const owned = scan.vpcs.filter((vpc) => judge(vpc, {}, evidence).verdict === "own").map((vpc) => vpc.id);
  // Proven by an earlier pass; VPC ids are never used twice.
  const { vpcId } = record;
  const remembered = vpcId !== undefined && !scan.vpcs.some(({ id }) => id === vpcId) ? [vpcId] : [];
  return { ...env, ownedVpcIds: [...new Set([...owned, ...remembered])] };
}

/** A scope without any finding: enough to move the environment's schedules. */
export function bareScope(record: RegistryRecord): EnvScope {
  return scopeOf(record, { state: [], tagged: new Map(), unknownArns: [], vpcs: [], errors: [] }, []);
}

/** Asks every handler for its candidates, each on its own, and judges them. */
export async function takeInventory(
  env: EnvScope,
  record: RegistryRecord,
  scan: Scan,
  handlers: readonly Handler[],
  untouchable: ReaperConfig["untouchable"],
): Promise<Inventory> {
  const evidence = evidenceOf(env, record, scan, untouchable);
  const lists = await Promise.all(handlers.map((handler) => listOne(handler, env)));
  const items = new Map<string, Item>();
  lists.forEach(({ found }, index) => {
    const handler = handlers[index]!;
    for (const one of found) {
      const key = `${one.type} ${one.id}`;
      items.set(key, { ...judge(one, handler, evidence), handler, key });
    }
  });
  const proven = new Set(
    [...items.values()].flatMap(({ verdict, key }) => (verdict === "foreign" ? [] : [key])),
  );
  for (const { found, handler, key } of items.values()) {
    if (found.partOf === undefined) continue;
    items.set(key, { ...judge(found, handler, { ...evidence, proven }), handler, key });
  }
  const all = [...items.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const own = all.filter(({ verdict }) => verdict !== "foreign");
  return {
    env,
    items: own,
    foreign: all.filter(({ verdict }) => verdict === "foreign"),
    unsupported: [
      ...stateOf(scan)
        .filter((one) => one.mode === "managed" && one.handledBy === "unsupported")
        .map((one) => `${one.terraformType} ${one.address}`),
      ...scan.unknownArns,
    ],
    errors: [...scan.errors, ...lists.flatMap(({ error }) => error ?? [])],
    hash: stableHash(own.map(({ key }) => key).join("\n"), 16),
    stateVersion: scan.stateVersion,
  };
}

async function listOne(handler: Handler, env: EnvScope): Promise<{ found: Found[]; error?: string }> {
  const found: Found[] = [];
  try {
    for await (const one of handler.list(env)) found.push(one);
    return { found };
  } catch (error) {
    // What came before the error is real, but the list is not whole.
    return { found, error: `listing ${handler.type}: ${describeError(error)}` };
  }
}

function evidenceOf(
  env: EnvScope,
  record: RegistryRecord,
  scan: Scan,
  untouchable: ReaperConfig["untouchable"],
): Evidence {
  return { env, state: stateOf(scan), byo: record.byo, untouchable };
}

function stateOf(scan: Scan): readonly StateResource[] {
  return scan.state === "unreadable" ? [] : scan.state;
}
