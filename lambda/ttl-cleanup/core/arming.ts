import { describeError } from "../../../cleanup/engine/classify";
import type { Instant } from "../../../cleanup/engine/time";
import { SECOND } from "../../../cleanup/engine/time";
import type { RegistryRecord } from "../../../contract/registry";
import { formatInstant, sameInstant, times } from "./clock";
import { auditFor, type World } from "./context";
import { bareScope } from "./leads";
import { DELETING_PHASES } from "./phases";
import type { ScheduleName } from "./ports";

export interface Arming {
  /** `noGroup`: the deploy has not made the group yet, or it is gone. */
  readonly kind: "armed" | "noGroup" | "notNeeded";
  /** Schedules that had to be made or moved. */
  readonly repaired: readonly ScheduleName[];
}

/** The deploy writes the record first and the group soon after: this is how long we wait for it. */
export const GROUP_PATIENCE = 90 * SECOND;
const POLL = 5 * SECOND;

/**
 * Makes `warn` and `expire` stand at the right times. What lies in the past gets no schedule: the caller
 * acts on it at once. Idempotent, so that deploy, extension, hand-made edit and tick all use it.
 */
export async function armSchedules(world: World, record: RegistryRecord, patienceMs = 0): Promise<Arming> {
  const { clock, sessions } = world.ports;
  if (DELETING_PHASES.includes(record.phase)) return { kind: "notNeeded", repaired: [] };
  const wanted = schedulesOf(record, clock.now());
  if (wanted.length === 0) return { kind: "notNeeded", repaired: [] };
  const { schedules } = await sessions.open(bareScope(record), "clean");
  const giveUp = clock.now() + patienceMs;
  let state = await schedules.read(record.environment);
  while (state.group !== "active" && clock.now() < giveUp) {
    await clock.sleep(POLL);
    state = await schedules.read(record.environment);
  }
  if (state.group !== "active") return { kind: "noGroup", repaired: [] };
  const audit = auditFor(world, record.environment, false);
  const repaired: ScheduleName[] = [];
  for (const [name, at] of wanted) {
    if (state.at[name] === at) continue;
    await schedules.put(record.environment, name, at);
    await audit.write({ action: "arm", resource: `schedule ${name}`, outcome: formatInstant(at) });
    repaired.push(name);
  }
  return { kind: "armed", repaired };
}

/** Arms what is missing or wrong; false when the schedules cannot be trusted, which the next tick tries again. */
export async function repairClock(world: World, record: RegistryRecord): Promise<boolean> {
  try {
    const { kind, repaired } = await armSchedules(world, record);
    if (repaired.length > 0) world.ports.metrics.add("ClockRepairs", repaired.length);
    return kind !== "noGroup";
  } catch (error) {
    const audit = auditFor(world, record.environment, false);
    await audit.write({ action: "arm", outcome: "failed", error: describeError(error) });
    return false;
  }
}

/** The schedules that should stand now, in whole seconds, as the scheduler keeps them. */
export function schedulesOf(record: RegistryRecord, now: Instant): [ScheduleName, Instant][] {
  const { warnAt, expiresAt } = times(record);
  const wanted: [ScheduleName, Instant][] = [];
  const second = (ms: number) => Math.ceil(ms / SECOND) * SECOND;
  if (!sameInstant(record.warnFor, record.expiresAt) && warnAt > now) wanted.push(["warn", second(warnAt)]);
  if (expiresAt > now) wanted.push(["expire", second(expiresAt)]);
  return wanted;
}
