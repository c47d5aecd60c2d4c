import type { Handler } from "./ports";

/** What the planner needs to know of a resource. */
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

/** Faults in the handlers' order: a type nobody handles, a type twice, a circle. Empty when it is right. */
export function orderFaults(handlers: readonly Pick<Handler, "type" | "layer" | "after">[]): string[] {
  const faults: string[] = [];
  const byType = new Map(handlers.map((handler) => [handler.type, handler]));
  if (byType.size !== handlers.length) {
    const types = handlers.map(({ type }) => type);
    faults.push(
      `types with two handlers: ${types.filter((type, i) => types.indexOf(type) !== i).join(", ")}`,
    );
  }
  for (const { type, layer, after } of handlers) {
    for (const other of after) {
      const handler = byType.get(other);
      if (!handler) faults.push(`${type} comes after ${other}, which no handler has`);
      else if (layer === "workload" && handler.layer === "final") {
        faults.push(`${type} comes after ${other}, which is of the last layer`);
      }
    }
  }
  const one = (type: string): Planned[] => [{ key: type, handler: byType.get(type)! }];
  const { never } = waves([...byType.keys()].flatMap(one));
  if (never.length > 0) faults.push(`a circle among ${never.map(({ key }) => key).join(", ")}`);
  return faults;
}
