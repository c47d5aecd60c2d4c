import { armSchedules, GROUP_PATIENCE } from "./arming";
import type { PassResult, World } from "./context";
import type { Trigger } from "./config";
import { runPass } from "./pass";
import { dryRun } from "./plan";
import { needsPass, runTick, type TickResult } from "./tick";

export type ReaperResult =
  | { readonly kind: "tick"; readonly environments: TickResult }
  | { readonly kind: "environment"; readonly environment: string; readonly result: PassResult };

/**
 * The reaper, whatever wakes it. Every hop delivers at least once, so each trigger only says "look now":
 * what is done follows from the record and from what is there.
 */
export async function reap(world: World, trigger: Trigger): Promise<ReaperResult> {
  if (trigger.kind === "tick") return { kind: "tick", environments: await runTick(world) };
  const { environment } = trigger;
  return { kind: "environment", environment, result: await attend(world, trigger) };
}

async function attend(world: World, trigger: Exclude<Trigger, { kind: "tick" }>): Promise<PassResult> {
  const { environment } = trigger;
  if (trigger.kind === "schedule") return runPass(world, { environment });
  const { registry, clock } = world.ports;
  const read = await registry.get(environment);
  // `runPass` raises the alarm for what cannot be understood.
  if (read.kind !== "record") return runPass(world, { environment });
  if (trigger.kind === "stream") {
    await armSchedules(world, read.record, GROUP_PATIENCE);
    return needsPass(read.record, clock.now())
      ? runPass(world, { environment })
      : { kind: "nothing", reason: "not due" };
  }
  // By hand, nothing is deleted unless that is said in so many words.
  const { action, dryRun: dry = true, override } = trigger;
  if (action === "plan" || dry || !world.config.deletionEnabled) {
    const { plan, text } = await dryRun(world, read.record, { environment, override });
    return { kind: "planned", plan, text };
  }
  return runPass(world, { environment, override });
}
