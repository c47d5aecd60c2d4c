import { isTest, type RegistryRecord } from "../../../contract/registry";
import { armSchedules } from "./arming";
import { deletableFrom, formatInstant } from "./clock";
import { auditFor, type PassResult, type World } from "./context";
import type { Trigger } from "./config";
import { runPass } from "./pass";
import { dryRun } from "./plan";
import { needsPass } from "./due";
import { bareScope } from "./leads";
import { DELETING_PHASES } from "./phases";
import { runTick, type TickResult } from "./tick";
import { failures, work } from "./worker";

export type ReaperResult =
  | { readonly kind: "tick"; readonly environments: TickResult }
  | { readonly kind: "environment"; readonly environment: string; readonly result: PassResult };

/**
 * The reaper, for every trigger. Events are delivered at least once, so a trigger only means "look now": the record and
 * the existing resources decide what is done.
 */
export async function reap(world: World, trigger: Trigger): Promise<ReaperResult> {
  if (trigger.kind === "tick") return { kind: "tick", environments: await runTick(world) };
  const { environment } = trigger;
  return { kind: "environment", environment, result: await attend(world, trigger) };
}

async function attend(world: World, trigger: Exclude<Trigger, { kind: "tick" }>): Promise<PassResult> {
  const { environment } = trigger;
  if (trigger.kind === "schedule") return asWorker(world, environment);
  const { registry, clock } = world.ports;
  if (trigger.kind === "stream" && trigger.putBack) {
    await registry.withdrawWarning(environment);
    await auditFor(world, environment, false).write({ action: "warn", outcome: "taken back: an earlier record was put back" }); // prettier-ignore
  }
  const read = await registry.get(environment);
  // `runPass` raises the alarm for an invalid record.
  if (read.kind !== "record") return runPass(world, { environment });
  if (trigger.kind === "stream") {
    // Its command removes it, and the tick what that leaves.
    if (isTest(read.record)) return { kind: "nothing", reason: "a test run" };
    await armSchedules(world, read.record);
    const now = clock.now();
    if (!needsPass(read.record, now)) return { kind: "nothing", reason: "not due" };
    // The stream is ordered: a deletion would delay the arming of the records behind it.
    return maySoonDelete(read.record, now) ? rearmNow(world, read.record) : runPass(world, { environment });
  }
  // By hand, nothing is deleted unless the event says so explicitly.
  const { action, dryRun: dry = true, override } = trigger;
  if (action === "plan" || dry || !(await registry.deletionEnabled(read.record.kind))) {
    const { plan, text } = await dryRun(world, read.record, { environment, override });
    return { kind: "planned", plan, text };
  }
  return runPass(world, { environment, override });
}

/** A pass for the environment and for everything else that is due, unless another worker runs. */
async function asWorker(world: World, environment: string): Promise<PassResult> {
  const done = await work(world, [{ environment }]);
  if (!done) return { kind: "nothing", reason: "another worker is running" };
  if (done.errors.has(environment)) throw done.errors.get(environment);
  const others = failures(done.errors);
  if (others) throw others;
  return done.results.get(environment)!;
}

function maySoonDelete(record: RegistryRecord, now: number): boolean {
  if (record.lockId !== undefined || DELETING_PHASES.includes(record.phase)) return true;
  const from = deletableFrom(record);
  return from !== undefined && from <= now;
}

async function rearmNow(world: World, record: RegistryRecord): Promise<PassResult> {
  const { environment } = record;
  const now = world.ports.clock.now();
  const { schedules } = await world.ports.sessions.open(bareScope(record), "clean");
  await schedules.put(environment, "rearm", now);
  return { kind: "nothing", reason: "it is due, and a worker will start", until: formatInstant(now) };
}
