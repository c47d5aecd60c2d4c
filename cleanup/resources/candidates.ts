import type { EnvScope, Found, Handler } from "../engine/resource";
import { hintsOf, isCandidateName, readTags, type Tags } from "./shared";

/** A resource in a listing, with tags if the listing contains them. */
export type Listed = Omit<Found, "type" | "tags"> & Partial<Pick<Found, "tags">>;

export interface Source {
  /** Everything of this type in account and region; `env` and its hints for services that can narrow it down. */
  all(env: EnvScope): Promise<readonly Listed[]>;
  /** Throws what AWS answers; not found and denied are understood. @default the listing has the tags */
  tags?(listed: Listed): Promise<Tags>;
}

/**
 * Lists a type whose tags are read one by one, only of candidates: of what the state or the tag index names, what
 * lies in a VPC of the environment's own, and what is named like the environment.
 */
export function candidates(type: string, { all, tags }: Source): Handler["list"] {
  return async function* (env) {
    const hints = hintsOf(env, type);
    for (const one of await all(env)) {
      const { id, arn = id, name = id, vpcId = "" } = one;
      const isHinted = hints.includes(id) || hints.includes(arn);
      if (!isHinted && !env.ownedVpcIds.includes(vpcId) && !isCandidateName(name, env)) continue;
      const own = tags ? await readTags(() => tags(one)) : one.tags;
      if (own) yield { ...one, type, tags: own };
    }
  };
}
