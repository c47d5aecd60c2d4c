import type { Handler } from "./resource";

/** What the order depends on. */
export interface Planned {
  readonly key: string;
  readonly handler: Pick<Handler, "type" | "layer" | "after">;
}

/**
 * What must be absent before `item` may go: everything still there of the types it comes after, and, for
 * the last layer, every resource of the first. Resources that are held count: they are still there.
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

/** The waves in which the resources would go if each were gone at once; what can never go is left over. */
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
