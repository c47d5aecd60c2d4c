import type { Sessions } from "../../sessions";
import type { Instances } from "../../sessions/instances";
import type { Capacity } from "./fleets";

/** What stands behind admin boxes. */
export interface Boxes {
  readonly sessions: Sessions;
  readonly instances: Instances;
  readonly capacity: Capacity;
  /** Port of the gateway. */
  readonly port: () => number;
}
