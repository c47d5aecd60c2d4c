import { stableHash } from "../../contract/names";
import type { Inventory } from "./inventory";
import type { Clock } from "./ports";
import { SECOND } from "./time";
import type { Worklist } from "./worklist";

/** Rounds without any change after which a run gives up: about three minutes. */
const MAX_IDLE_ROUNDS = 38;

/** Rounds without change after which everything is listed again, because something unseen may block. */
const RELIST_ROUNDS = 8;

/** Waiting times between looks at a deletion: the first one first, longer ones while nothing changes. */
const POLLS = [SECOND / 2, SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND];

/** Set by the caller of a run: how long it continues, and whether. */
export interface Steering {
  readonly clock: Pick<Clock, "sleep">;
  /** Time left in milliseconds; at 0 or below, no further round begins. */
  remainingMs(): number;
  /** Lists everything again. A text says why that is impossible now, and ends the run. */
  relist(): Promise<Inventory | string>;
  /** Called before every round. An error ends the run. */
  beforeRound(): Promise<void>;
  /** Different for runs in parallel, so that they poll at different times. */
  readonly salt: string;
}

export interface RunResult {
  /** Nothing is left, according to a complete listing after the last request. */
  readonly empty: boolean;
  /** Errors of the last listing. */
  readonly errors: readonly string[];
  readonly unsupported: readonly string[];
}

/**
 * Deletes what the inventory has, round by round, until nothing is left, nothing moves any more or the time is over.
 * It may be started again at any time: nothing depends on an earlier run.
 */
export async function run(list: Worklist, first: Inventory, steering: Steering): Promise<RunResult> {
  let inventory = first;
  await list.merge(inventory);
  let fresh = true;
  for (let idle = 0, round = 0; steering.remainingMs() > 0 && idle < MAX_IDLE_ROUNDS; round++) {
    if (!fresh && (!list.movable || (idle > 0 && idle % RELIST_ROUNDS === 0))) {
      const again = await steering.relist();
      if (typeof again === "string") return { empty: false, errors: [again], unsupported: [] };
      inventory = again;
      await list.merge(inventory);
      fresh = true;
    }
    // A list that failed may succeed in the next round: only a complete inventory ends the run early.
    if (fresh && !list.movable && inventory.errors.length === 0) break;
    await steering.beforeRound();
    const changed = await list.round();
    fresh = false;
    idle = changed ? 0 : idle + 1;
    if (list.left.length > 0 && !list.ready) await steering.clock.sleep(pollMs(steering.salt, round, idle));
  }
  const { errors, unsupported } = inventory;
  const empty = list.left.length === 0 && fresh && errors.length === 0 && unsupported.length === 0;
  return { empty, errors, unsupported };
}

/** Varies by a tenth, so that parallel runs do not synchronize. */
function pollMs(salt: string, round: number, idle: number): number {
  const share = parseInt(stableHash(`${salt} ${round}`, 6), 16) / 16 ** 6;
  return Math.round(POLLS[Math.min(idle, POLLS.length - 1)]! * (0.9 + share / 5));
}
