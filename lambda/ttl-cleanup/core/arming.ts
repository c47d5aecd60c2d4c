import { describeError } from "../../../cleanup/engine/classify";
import type { Instant } from "../../../cleanup/engine/time";
import { SECOND } from "../../../cleanup/engine/time";
import { isTest, type RegistryRecord } from "../../../contract/registry";
import { formatInstant, sameInstant, times } from "./clock";
import { auditFor, type World } from "./context";
import { bareScope } from "./leads";
import { DELETING_PHASES } from "./phases";
import type { ScheduleName } from "./ports";

/**
 * Creates or moves `warn` and `expire` where they differ from the record. An instant in the past gets no schedule: the
 * caller acts at once. Idempotent, so that deploy, extension, manual edit and tick all use it.
 *
 * @returns the schedules that were created or moved
 */
export async function armSchedules(world: World, record: RegistryRecord): Promise<readonly ScheduleName[]> {
  const { clock, sessions } = world.ports;
  if (DELETING_PHASES.includes(record.phase)) return [];
  const wanted = schedulesOf(record, clock.now());
  if (wanted.length === 0) return [];
  const { schedules } = await sessions.open(bareScope(record), "clean");
  const armed = await schedules.read(record.environment);
  const audit = auditFor(world, record.environment, false);
  const repaired: ScheduleName[] = [];
  for (const [name, at] of wanted) {
    if (armed[name] === at) continue;
    await schedules.put(record.environment, name, at);
    await audit.write({ action: "arm", resource: `schedule ${name}`, outcome: formatInstant(at) });
    repaired.push(name);
  }
  return repaired;
}

/** Arms what is missing or wrong; false if the schedules cannot be trusted. The next tick tries again. */
export async function repairClock(world: World, record: RegistryRecord): Promise<boolean> {
  try {
    const repaired = await armSchedules(world, record);
    if (repaired.length > 0) world.ports.metrics.add("ClockRepairs", repaired.length);
    return true;
  } catch (error) {
    const audit = auditFor(world, record.environment, false);
    await audit.write({ action: "arm", outcome: "failed", error: describeError(error) });
    return false;
  }
}

/** The schedules that should exist now, in whole seconds, which is the scheduler's precision; none of a test run. */
export function schedulesOf(record: RegistryRecord, now: Instant): [ScheduleName, Instant][] {
  if (isTest(record)) return [];
  const { warnAt, expiresAt } = times(record);
  const wanted: [ScheduleName, Instant][] = [];
  const second = (ms: number) => Math.ceil(ms / SECOND) * SECOND;
  if (!sameInstant(record.warnFor, record.expiresAt) && warnAt > now) wanted.push(["warn", second(warnAt)]);
  if (expiresAt > now) wanted.push(["expire", second(expiresAt)]);
  return wanted;
}
