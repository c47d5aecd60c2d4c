/** A JSON object: neither an array nor `null`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy with sorted keys. */
export function sortKeys<Value>(object: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  const sorted = (_key: string, inner: unknown) => (isObject(inner) ? sortKeys(inner) : inner);
  // JSON.stringify returns undefined for `undefined`, contrary to its type.
  return String(JSON.stringify(value, sorted));
}
