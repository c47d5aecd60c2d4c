import { waves, type Planned } from "../../cleanup/engine/order";
import type { Handler } from "../../cleanup/engine/resource";

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
