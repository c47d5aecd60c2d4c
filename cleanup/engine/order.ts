import type { Handler } from "./resource";

/** Input of the order. */
export interface Planned {
  readonly key: string;
  readonly handler: Pick<Handler, "type" | "layer" | "after">;
}

/**
 * The resources that must be absent before `item` is deleted: all existing ones of the types in `after`, and, for the
 * last layer, all of the first. Held resources count, because they still exist.
 */
export function blockersOf(item: Planned, present: readonly Planned[]): Planned[] {
  const after = new Set(item.handler.after);
  return present.filter(
    (other) =>
      other.key !== item.key &&
      (after.has(other.handler.type) ||
        (item.handler.layer === "final" && other.handler.layer === "workload")),
  );
}

/** The waves of deletion if each deletion took no time, and the resources that can never be deleted. */
export function waves<T extends Planned>(
  items: readonly T[],
  held: readonly Planned[] = [],
): { readonly waves: T[][]; readonly never: T[] } {
  const result: T[][] = [];
  let left = [...items];
  for (;;) {
    const present = [...left, ...held];
    const wave = left.filter((item) => blockersOf(item, present).length === 0);
    if (wave.length === 0) return { waves: result, never: left };
    result.push(wave);
    left = left.filter((item) => !wave.includes(item));
  }
}
