/** A deep copy of `value` with one field set (or removed, with `undefined`); the path is dotted. */
export function spoil<T>(value: T, path: string, given: unknown): T {
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  const target = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (given === undefined) delete target[last];
  else target[last] = given;
  return copy as T;
}
