import { isObject, type JsonObject } from "../../../contract/json";

/**
 * Puts imported expectations into a file: each keeps the place of the one with its id, a new one follows its
 * predecessor of the import. Everything else stays where it is.
 */
export function mergeExpectations(existing: readonly unknown[], imported: readonly JsonObject[]): unknown[] {
  const known = new Set(existing.map(idOf));
  const fresh = new Map(imported.map((expectation) => [expectation.id, expectation]));
  const after = new Map<unknown, JsonObject[]>();
  let predecessor: unknown;
  for (const expectation of imported) {
    if (known.has(expectation.id)) predecessor = expectation.id;
    else after.set(predecessor, [...(after.get(predecessor) ?? []), expectation]);
  }
  const following = (id: unknown) => (id === undefined ? [] : (after.get(id) ?? []));
  const merged = existing.flatMap((one) => {
    const id = idOf(one);
    return [(id !== undefined && fresh.get(id)) || one, ...following(id)];
  });
  // Those before the first known one; of a first import all.
  const first = after.get(undefined) ?? [];
  if (predecessor === undefined) return [...merged, ...first];
  const place = existing.findIndex((one) => fresh.has(idOf(one)));
  merged.splice(place, 0, ...first);
  return merged;
}

function idOf(expectation: unknown): unknown {
  return isObject(expectation) ? expectation.id : undefined;
}
