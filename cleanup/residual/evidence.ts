import type { Names } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { judge } from "../engine/ownership";
import type { EnvKey, EnvScope, Found } from "../engine/resource";
import { RESOURCE_TYPES } from "../resources/resource-types";

/** Something that AWS lists now. */
export interface Live {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  /** Tags in the listing itself. @default those of the tag index */
  readonly tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  /** It resembles the environment's, without proof: the name of another may have the same beginning. */
  readonly similar?: boolean;
  /** Set if it is deleted but still listed: until when, or in which state. */
  readonly tombstone?: string;
}

/** What a listing knows about the environment. */
export interface Evidence {
  readonly clients: Clients;
  readonly env: EnvKey & { readonly vpcId?: string };
  readonly names: Names;
  /** ARNs that the tag index has with the environment's tag, ghosts included, and their tags. */
  readonly tagged: ReadonlyMap<string, Found["tags"]>;
}

/** Listing of one service: complete, or an error. */
export type Lister = (evidence: Evidence) => Promise<readonly Live[]>;

/**
 * Whether an existing resource belongs to the environment, by the rule of the deletion. `unclear`: it has the
 * environment's tag or name, but nothing that the rule accepts as a proof.
 */
export function belongs(live: Live, { env, names, tagged }: Evidence): "own" | "unclear" | "foreign" {
  const { type, id, arn, name } = live;
  const tags = live.tags
    ? Object.fromEntries(live.tags.map(({ Key = "", Value = "" }) => [Key, Value]))
    : (tagged.get(arn ?? id) ?? {});
  const scope: EnvScope = { ...env, ownedVpcIds: [], hints: new Map() };
  const proving = RESOURCE_TYPES.find((one) => one.type === type) ?? {};
  const evidence = { env: scope, claims: [], byo: [], untouchable: [] };
  if (judge({ type, id, arn, name, tags }, proving, evidence).verdict !== "foreign") return "own";
  if (tags === "unreadable") return "unclear";
  const environment = tags[TAG.environment];
  if (environment !== undefined) return environment === env.environment ? "unclear" : "foreign";
  const isNamed = [id, name].some((one) => one === names.prefix || names.buckets().includes(one ?? ""));
  return live.similar || isNamed || id === env.vpcId ? "unclear" : "foreign";
}

/** Tags by which the rule knows the environment: of what its exact name says that it is the environment's. */
export function ownTags({ environment }: EnvKey): NonNullable<Live["tags"]> {
  return [
    { Key: TAG.environment, Value: environment },
    { Key: TAG.ephemeral, Value: "true" },
  ];
}

/** The environment's log groups, and those that services create under its name. */
export function logGroupPrefixes(env: EnvKey): readonly string[] {
  const logGroup = RESOURCE_TYPES.find(({ type }) => type === "logs:log-group")!;
  return logGroup.ownNames!({ ...env, ownedVpcIds: [], hints: new Map() }).prefixes;
}
