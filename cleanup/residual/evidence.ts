import { Names } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import type { EnvKey } from "../engine/resource";

/** Something that AWS lists now. */
export interface Live {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  /** Where the listing itself carries them. */
  readonly tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly vpcId?: string;
  /** Something in it is like the environment's, but proves nothing: another's name may start like ours. */
  readonly similar?: boolean;
  /** Gone, but still listed: until when, or in which state. */
  readonly tombstone?: string;
}

/** What a listing knows of the environment it looks for. */
export interface Evidence {
  readonly clients: Clients;
  readonly env: EnvKey & { readonly vpcId?: string };
  readonly names: Names;
  /** ARNs that the tag index has, ghosts included. */
  readonly taggedArns: readonly string[];
}

/** One service's own listing, whole or an error. */
export type Lister = (evidence: Evidence) => Promise<readonly Live[]>;

/** Whether something live is the environment's: by tag, by tag index, by its own VPC or by a name of its own. */
export function belongs(live: Live, { env, names, taggedArns }: Evidence): boolean {
  const { id, arn, name = id, tags, vpcId } = live;
  const environment = tags?.find(({ Key }) => Key === TAG.environment)?.Value;
  if (environment !== undefined) return environment === env.environment;
  if (taggedArns.includes(arn ?? id)) return true;
  if (vpcId !== undefined && vpcId === env.vpcId) return true;
  return ownNames(names).has(name) || ownPrefixes(names).some((prefix) => name.startsWith(prefix));
}

/** Whether no tag says whose it is. */
export function isNobodys({ tags }: Live): boolean {
  return !tags?.some(({ Key }) => Key === TAG.environment);
}

/** Names that only this environment can have. A bare `<prefix>-` is none: another environment's may start like it. */
function ownNames(names: Names): ReadonlySet<string> {
  return new Set([names.prefix, `alias/${names.prefix}`, ...names.buckets()]);
}

export function ownPrefixes({ prefix }: Names): readonly string[] {
  return [
    `/${prefix}/`,
    `/aws/ecs/containerinsights/${prefix}/`,
    `/aws/rds/instance/${prefix}/`,
    `service/${prefix}/`,
    `${prefix}/`,
    `alias/${prefix}/`,
  ];
}
