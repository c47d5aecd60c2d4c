import { drawAdminBoxes } from "./admin-boxes";
import { drawAlarms } from "./alarms";
import { alsoOf } from "./also";
import { drawDelivery } from "./delivery";
import { Draft, type DiagramGraph } from "./draft";
import { drawGrants } from "./grants";
import { drawNetwork } from "./network";
import { drawSecurityGroups } from "./security-groups";
import { drawServices } from "./services";
import { Stack } from "./stack";
import { drawWorkloads } from "./workloads";

/**
 * What the picture of a stack shows, derived from its synthesized JSON alone. Nodes and edges are sorted by address, so
 * the same stack gives the same graph.
 *
 * @throws Error when the value is not a synthesized stack
 */
export function graphOf(synthesized: unknown): DiagramGraph {
  const stack = new Stack(synthesized);
  const draft = new Draft(stack);
  const network = drawNetwork(stack, draft);
  drawWorkloads(stack, draft, network);
  drawServices(stack, draft);
  drawAdminBoxes(stack, draft);
  drawDelivery(stack, draft);
  drawAlarms(stack, draft);
  drawSecurityGroups(stack, draft, network);
  drawGrants(stack, draft);
  return draft.finish(alsoOf);
}
