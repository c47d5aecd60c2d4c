import type { EnvScope, Found, Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { hintsOf, isCandidateName, readTags, type Tags } from "./shared";

/** What a listing says of a resource, before its tags are read. */
export type Listed = Omit<Found, "type" | "tags">;

/** A type whose whole list is read and whose tags are asked for one by one. */
export interface NamedType extends Pick<
  Handler,
  "type" | "layer" | "look" | "prepare" | "remove" | "ownNames"
> {
  readonly after?: Handler["after"];
  /** @default 15 minutes */
  readonly stuckMs?: number;
  /** Everything of this type in account and region; `env` and its hints for services that can narrow it down. */
  all(env: EnvScope): Promise<readonly Listed[]>;
  /** Throws what AWS answers; not found and denied are understood. */
  tags(listed: Listed): Promise<Tags>;
}

/**
 * A handler that reads the tags only of candidates: of what the state or the tag index names, and of what is named
 * like the environment.
 */
export function namedHandler(spec: NamedType): Handler {
  const { type, layer, all, tags, look, prepare, remove, ownNames } = spec;
  return {
    type,
    layer,
    after: spec.after ?? [],
    stuckMs: spec.stuckMs ?? 15 * MINUTE,
    async *list(env) {
      const hints = hintsOf(env, type);
      for (const one of await all(env)) {
        const hinted = hints.includes(one.id) || (one.arn !== undefined && hints.includes(one.arn));
        if (!hinted && !isCandidateName(one.name ?? one.id, env)) continue;
        const own = await readTags(() => tags(one));
        if (own) yield { type, ...one, tags: own };
      }
    },
    look,
    ...(prepare && { prepare }),
    remove,
    ...(ownNames && { ownNames }),
  };
}
