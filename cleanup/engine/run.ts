import type { Inventory } from "./inventory";
import type { Clock } from "./ports";
import { SECOND } from "./time";
import type { Worklist } from "./worklist";

/** Rounds without any change after which a run gives up: about three minutes. */
const MAX_IDLE_ROUNDS = 38;

/** After so many rounds without change, everything is listed again: something unseen may be in the way. */
const RELIST_ROUNDS = 8;

/** What is on its way out is looked at after the first of these, then ever less often while nothing changes. */
const POLLS = [SECOND / 2, SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND];

/** What whoever starts a run decides: how long it goes on, and whether. */
export interface Steering {
  readonly clock: Pick<Clock, "sleep">;
  /** Time left in milliseconds; at 0 or below, no further round begins. */
  remainingMs(): number;
  /** Lists everything again; a text says why that is impossible now, which ends the run. */
  relist(): Promise<Inventory | string>;
  /** Called before every round; what it throws ends the run. */
  beforeRound(): Promise<void>;
  /** Any integer of 0 or more, other for each run: runs at the same time poll at different times. */
  readonly salt: number;
}

export interface RunResult {
  /** Nothing is left, by a complete listing that was made after the last request. */
  readonly empty: boolean;
  /** What the last listing could not list. */
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

/** Give or take a tenth, so that runs over several environments do not march in step. */
function pollMs(salt: number, round: number, idle: number): number {
  const spread = ((salt * 7919 + round * 104_729) % 200) / 1000;
  return Math.round(POLLS[Math.min(idle, POLLS.length - 1)]! * (0.9 + spread));
}
