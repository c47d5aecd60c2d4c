import type { ReaperConfig, Trigger } from "../../lambda/ttl-cleanup/core/config";
import { reap, type ReaperResult } from "../../lambda/ttl-cleanup/core/reaper";
import type { ScheduleName } from "../../lambda/ttl-cleanup/core/ports";
import { type FakeAws } from "./reaper-fakes";
import { HOUR, MINUTE, T0 } from "./reaper-values";

export interface DriveOptions {
  readonly config?: Partial<ReaperConfig>;
  readonly limitMs?: number;
  readonly untilMs?: number;
  /** Every event is delivered twice, at the same time. */
  readonly twice?: boolean;
  /** Called before each event. */
  readonly onEvent?: (aws: FakeAws, trigger: Trigger) => void;
}

export interface Driven {
  readonly invocations: number;
  readonly results: readonly ReaperResult[];
  readonly errors: readonly unknown[];
}

interface Event {
  readonly at: number;
  readonly trigger: Trigger;
  readonly attempt: number;
}

/**
 * Lets the time pass as AWS would: the hourly tick, the one-time schedules, and Lambda's two retries of an
 * invocation that failed or died. Ends when no record is open and nothing waits, or at `untilMs`.
 */
export async function drive(aws: FakeAws, options: DriveOptions = {}): Promise<Driven> {
  const end = T0 + (options.untilMs ?? 48 * HOUR);
  const results: ReaperResult[] = [];
  const errors: unknown[] = [];
  let invocations = 0;
  let nextTick = Math.ceil((aws.now + 1) / HOUR) * HOUR + 7 * MINUTE - HOUR;
  while (nextTick <= aws.now) nextTick += HOUR;
  const retries: Event[] = [];

  const run = async ({ trigger, attempt }: Event, requestId: string): Promise<void> => {
    invocations += 1;
    try {
      results.push(await reap(aws.world(options.config, options.limitMs, requestId), trigger));
    } catch (error) {
      errors.push(error);
      // A process that died with its lease is retried like one that failed.
      if (attempt < 2) retries.push({ at: aws.now + (attempt + 1) * MINUTE, trigger, attempt: attempt + 1 });
      if (!(error instanceof Error)) throw error;
    }
  };

  while (aws.records.size > 0) {
    const event = nextEvent(aws, nextTick, retries);
    if (event.at > end) break;
    aws.now = Math.max(aws.now, event.at);
    if (event.trigger.kind === "tick" && event.attempt === 0) nextTick += HOUR;
    options.onEvent?.(aws, event.trigger);
    const id = `request-${invocations}`;
    await (options.twice ? Promise.all([run(event, id), run(event, `${id}-again`)]) : run(event, id));
    while (nextTick <= aws.now - HOUR) nextTick += HOUR;
  }
  return { invocations, results, errors };
}

/** The earliest of retries, schedules (which delete themselves as they fire) and the tick. */
function nextEvent(aws: FakeAws, nextTick: number, retries: Event[]): Event {
  let best: Event = { at: nextTick, trigger: { kind: "tick" }, attempt: 0 };
  let take = (): void => undefined;
  retries.forEach((retry) => {
    if (retry.at > best.at) return;
    best = retry;
    take = () => void retries.splice(retries.indexOf(retry), 1);
  });
  for (const [environment, schedules] of aws.schedules) {
    for (const [name, at] of Object.entries(schedules) as [ScheduleName, number][]) {
      if (at > best.at) continue;
      best = { at, trigger: { kind: "schedule", name, environment }, attempt: 0 };
      take = () => void delete schedules[name];
    }
  }
  take();
  return best;
}
