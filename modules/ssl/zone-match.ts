/** A name and the hosted zone for its records. */
export interface ZoneMatch {
  /** Domain name, possibly a wildcard, for example `*.mocks.example.com`. */
  readonly name: string;
  /** Name of the hosted zone, for example `example.com`. */
  readonly zone: string;
}

/**
 * Finds the hosted zone of each name: the longest zone that contains it, so that a record is never created in
 * the parent of a delegated zone. Names are compared by label: `notexample.com` is not in `example.com`.
 * Duplicate names are returned once, at their first position.
 *
 * @param names domain names in lower case without a trailing dot, wildcards allowed
 * @param zones names of hosted zones in the same form
 * @throws Error listing every name that is in none of the zones
 */
export function matchZones(names: readonly string[], zones: readonly string[]): readonly ZoneMatch[] {
  const distinct = [...new Set(names)];
  const found = distinct.map((name) => ({ name, zone: longestZone(withoutWildcard(name), zones) }));
  const unmatched = found.filter(({ zone }) => zone === undefined).map(({ name }) => name);
  if (unmatched.length > 0)
    throw new Error(
      `No hosted zone for ${unmatched.join(", ")}. Zones given: ${zones.join(", ") || "none"}. ` +
        "Add the name's hosted zone or remove the name.",
    );
  return found as readonly ZoneMatch[];
}

/**
 * The names that need a validation record. ACM uses the same record for `*.a.b` and `a.b`, and two resources
 * for one record would conflict, so only the first name of such a pair is returned.
 */
export function validationMatches(matches: readonly ZoneMatch[]): readonly ZoneMatch[] {
  const seen = new Set<string>();
  return matches.filter(({ name }) => {
    const bare = withoutWildcard(name);
    return !seen.has(bare) && seen.add(bare);
  });
}

/** Returns `a.b` for both `*.a.b` and `a.b`. */
export function withoutWildcard(name: string): string {
  return name.replace(/^\*\./, "");
}

function longestZone(name: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => name === zone || name.endsWith(`.${zone}`))
    .reduce<string | undefined>(
      (longest, zone) => (longest === undefined || zone.length > longest.length ? zone : longest),
      undefined,
    );
}
