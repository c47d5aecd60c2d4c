/** Small words of the labels. */

/** Zones by their letter: `us-east-1a` is `a`. */
export function letters(zones: readonly string[]): string {
  return zones.map((zone) => zone.at(-1) ?? "").join(", ");
}

/** Joins what is there. */
export function list(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== "" && part !== false && part !== undefined).join(" · ");
}
