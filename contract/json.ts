/** An object as JSON has it: neither a list nor `null`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same entries in the order of their keys. */
export function sortKeys<Value>(object: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with sorted keys: the same text for the same value. A value that JSON does not have is `undefined`. */
export function canonicalJson(value: unknown): string {
  const sorted = (_key: string, inner: unknown) => (isObject(inner) ? sortKeys(inner) : inner);
  // JSON.stringify has no text for `undefined`, whatever its type says.
  return String(JSON.stringify(value, sorted));
}
