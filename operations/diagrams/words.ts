/** Helpers for labels. */

/** The letter of a zone: `a` for `us-east-1a`. */
export function letters(zones: readonly string[]): string {
  return zones.map((zone) => zone.at(-1) ?? "").join(", ");
}

/** Joins the parts that are present. */
export function list(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== "" && part !== false && part !== undefined).join(" · ");
}
