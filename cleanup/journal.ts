import { testRunNames, type JournalEntry } from "../contract/test-run";
import type { Place } from "../contract/names";
import type { Claim } from "./engine/ownership";

/** What the journal of a test run says about its resources. */
export interface JournalLeads {
  /** Only what was created: an intent may name what belongs to someone else. */
  readonly claims: readonly Claim[];
  /** Where to look, by handler type. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
}

/**
 * Claims and hints from a journal. Whoever writes it may only claim what has a name of the run: other resources, and
 * those whose ids say nothing, such as APIs, are proven by their tags alone.
 */
export function journalLeads(
  run: Place & { readonly run: string },
  entries: readonly JournalEntry[],
): JournalLeads {
  const { prefix } = testRunNames(run);
  const isOwnName = (name: string) => name.startsWith(`${prefix}-`) || name.startsWith(`/${prefix}/`);
  const hints = new Map<string, string[]>();
  const claims: Claim[] = [];
  for (const { state, type, name, id, arn, node } of entries) {
    if (state === "refused") continue;
    const keys = [id, arn].filter((one) => one !== undefined);
    hints.set(type, [...(hints.get(type) ?? []), ...keys, name]);
    const ids = keys.filter((key) => key === name || key.endsWith(`/${name}`) || key.endsWith(`:${name}`));
    if (state !== "created" || ids.length === 0 || !isOwnName(name)) continue;
    claims.push({ says: "own", type, ids, reason: `created by the run as ${node}, by its journal` });
  }
  return { claims, hints };
}

/** The hints of two sources, by handler type. */
export function mergedHints(
  ...sources: readonly ReadonlyMap<string, readonly string[]>[]
): ReadonlyMap<string, readonly string[]> {
  const merged = new Map<string, readonly string[]>();
  for (const [type, ids] of sources.flatMap((source) => [...source])) {
    merged.set(type, [...(merged.get(type) ?? []), ...ids]);
  }
  return merged;
}
