import type { ProvenResource, ReaperPlan } from "../../contract/reaper";
import type { Inventory, Item } from "./inventory";
import { waves } from "./order";

/** What would be deleted, in which order, and what would stay. */
export type DeletionPlan = Pick<
  ReaperPlan,
  "waves" | "waiting" | "held" | "unsupported" | "errors" | "leftAlone"
>;

export function planOf({ items, foreign, unsupported, errors }: Inventory): DeletionPlan {
  const own = items.filter(({ verdict }) => verdict === "own");
  const held = items.filter(({ verdict }) => verdict === "held");
  const order = waves(own, held);
  return {
    waves: order.waves.map((wave) => wave.map(provenOf)),
    waiting: order.never.map(provenOf),
    held: held.map((item) => ({ ...provenOf(item), vetoes: item.vetoes })),
    unsupported,
    errors,
    leftAlone: foreign.map(({ key, vetoes }) => ({ resource: key, vetoes })),
  };
}

function provenOf({ key, proofs }: Item): ProvenResource {
  return { resource: key, proofs };
}
