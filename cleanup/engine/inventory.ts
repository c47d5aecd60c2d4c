import { stableHash } from "../../contract/names";
import { describeError } from "./classify";
import { judge, type Evidence, type Judgement } from "./ownership";
import type { EnvKey, EnvScope, Found, Handler } from "./resource";

/** What is known of an environment before the handlers list. */
export interface Leads extends Pick<Evidence, "claims" | "byo" | "untouchable"> {
  /** Hits of the tag index, by handler type: ids or ARNs. They may be ghosts: handlers describe them. */
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  /** What no handler knows although it is the environment's, in words: it blocks "done". */
  readonly unsupported: readonly string[];
  /** VPCs that may be the environment's, described. */
  readonly vpcs: readonly Found[];
  /** Empty when everything was listed; otherwise the inventory is incomplete. */
  readonly errors: readonly string[];
}

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
  /** What no handler knows: it blocks "done". */
  readonly unsupported: readonly string[];
  /** What could not be listed. Not empty: the environment cannot be called empty. */
  readonly errors: readonly string[];
  readonly hash: string;
}

/**
 * The scope that handlers get. A VPC is owned when AWS describes it now, a claim or tags prove it and nothing
 * speaks against: what an earlier run noted proves nothing.
 */
export function scopeOf({ environment, system, accountId, region }: EnvKey, leads: Leads): EnvScope {
  const hints = new Map<string, Set<string>>();
  const hint = (type: string, ids: readonly string[]) =>
    hints.set(type, new Set([...(hints.get(type) ?? []), ...ids]));
  for (const { says, type, ids } of leads.claims) if (says === "own" && type !== undefined) hint(type, ids);
  for (const [type, ids] of leads.tagged) hint(type, ids);
  const env: EnvScope = {
    environment,
    system,
    accountId,
    region,
    ownedVpcIds: [],
    hints: new Map([...hints].map(([type, ids]) => [type, [...ids]])),
  };
  const owned = leads.vpcs.filter((vpc) => judge(vpc, {}, { env, ...leads }).verdict === "own");
  return { ...env, ownedVpcIds: [...new Set(owned.map(({ id }) => id))] };
}

/** Asks every handler for its candidates, each on its own, and judges them. */
export async function takeInventory(
  env: EnvScope,
  leads: Leads,
  handlers: readonly Handler[],
): Promise<Inventory> {
  const evidence: Evidence = { env, ...leads };
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
    unsupported: leads.unsupported,
    errors: [...leads.errors, ...lists.flatMap(({ error }) => error ?? [])],
    hash: stableHash(own.map(({ key }) => key).join("\n"), 16),
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
