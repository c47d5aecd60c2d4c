import { stableHash } from "../../contract/names";
import { describeError } from "./classify";
import { judge, type Evidence, type Judgement } from "./ownership";
import type { EnvKey, EnvScope, Found, Handler } from "./resource";

/** What is known about an environment before the handlers list. */
export interface Leads extends Pick<Evidence, "claims" | "byo" | "untouchable"> {
  /** Ids or ARNs in the tag index, by handler type. They may no longer exist, so handlers describe them. */
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  /** Descriptions of the environment's resources that no handler knows. They block "done". */
  readonly unsupported: readonly string[];
  /** VPCs that may belong to the environment, as AWS describes them. */
  readonly vpcs: readonly Found[];
  /** Empty when everything was listed; otherwise the inventory is incomplete. */
  readonly errors: readonly string[];
}

/** A resource and the decision about it. */
export interface Item extends Judgement {
  readonly handler: Handler;
  /** `<type> <id>`, unique in an environment. */
  readonly key: string;
}

/** Everything in an environment that could be listed. */
export interface Inventory {
  readonly env: EnvScope;
  /** Proven resources, deletable or held. */
  readonly items: readonly Item[];
  /** Candidates that do not belong to the environment. */
  readonly foreign: readonly Item[];
  /** Resources that no handler knows. They block "done". */
  readonly unsupported: readonly string[];
  /** Errors of listing. With any of them the environment does not count as empty. */
  readonly errors: readonly string[];
  readonly hash: string;
}

/**
 * The scope that handlers get. A VPC is owned if AWS describes it now, a claim or tags prove it and nothing
 * contradicts that. Notes of an earlier run prove nothing.
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

/** Gets the candidates of each handler separately, and judges them. */
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
    // The items before the error are real, but the list is incomplete.
    return { found, error: `listing ${handler.type}: ${describeError(error)}` };
  }
}
