/** A name and the hosted zone its records belong in. */
export interface ZoneMatch {
  /** Domain name, possibly a wildcard, for example `*.mocks.example.com`. */
  readonly name: string;
  /** Name of the hosted zone, for example `example.com`. */
  readonly zone: string;
}

/**
 * The hosted zone of each name: the longest zone that the name lies in, label by label, so that
 * `notexample.com` is not in `example.com`, and a record never lands in the parent of a delegated zone.
 * A name given twice comes out once, at its first place.
 *
 * @param names domain names in lower case without a dot at the end, wildcards allowed
 * @param zones names of hosted zones, written the same way
 * @throws Error listing every name that lies in none of the zones
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
 * The names that need a validation record. ACM asks for the same record for `*.a.b` and `a.b`, and two
 * resources for one record would fight, so of such a pair only the first name comes out.
 */
export function validationMatches(matches: readonly ZoneMatch[]): readonly ZoneMatch[] {
  const seen = new Set<string>();
  return matches.filter(({ name }) => {
    const bare = withoutWildcard(name);
    return !seen.has(bare) && seen.add(bare);
  });
}

/** `a.b` for `*.a.b` as well as for `a.b`. */
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
