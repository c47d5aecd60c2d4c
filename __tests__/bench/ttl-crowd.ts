import { HOUR, MINUTE, Scenario } from "../support/aws-simulator/scenario";
import { USUAL } from "../support/aws-simulator/world/seed-parts";

/** What came of environments that expired in the same minute. */
export interface Crowd {
  readonly count: number;
  /** From the expiry to the finished record, sorted; only of those that finished. */
  readonly wholeMinutes: readonly number[];
  /** API calls of each, on average. */
  readonly callsEach: number;
  /** Share of the calls that AWS refused for coming too fast. */
  readonly throttled: number;
  /** Invocations that ran out of time. */
  readonly dead: number;
  readonly failureNotices: number;
}

/** What a tick took over environments of which none is due. */
export interface Rest {
  readonly count: number;
  readonly seconds: number;
  readonly calls: number;
}

/** Lets the tick look at environments that expire in the course of a week, none of them now. */
export async function tickAtRest(count: number, seed = 9): Promise<Rest> {
  const scenario = new Scenario({ seed });
  const began = scenario.clock.now();
  scenario.addAtRest(count, began + 2 * HOUR, 7 * 24 * HOUR);
  await scenario.clock.run(scenario.invoke({ kind: "tick" }));
  const { ended } = scenario.invocations[0]!;
  scenario.stop();
  if (!ended || ended.result === "dead" || ended.result instanceof Error) {
    throw new Error(`the tick did not end: ${String(ended?.result)}`);
  }
  return { count, seconds: (ended.at - began) / 1000, calls: scenario.simulator.log.length };
}

const TTL_HOURS = 2;

/** Lets environments without a database expire in the same minute, and waits until all are gone, or two hours. */
export async function runCrowd(count: number, seed = 7): Promise<Crowd> {
  const scenario = new Scenario({ seed });
  const names = Array.from({ length: count }, (_, i) => `e${i}x`);
  const [first] = names.map((environment) =>
    scenario.add({ ...USUAL, environment, domain: true }, TTL_HOURS),
  );
  await scenario.until(() => false, TTL_HOURS * HOUR - 2 * MINUTE);
  const from = scenario.simulator.log.length;
  const done = new Map<string, number>();
  await scenario.until(() => {
    for (const name of names)
      if (!done.has(name) && scenario.isDone(name)) done.set(name, scenario.clock.now());
    return done.size === count;
  }, 2 * HOUR);
  scenario.stop();
  const calls = scenario.simulator.log.slice(from);
  return {
    count,
    wholeMinutes: [...done.values()].map((at) => (at - first!.expiresAt) / MINUTE).sort((a, b) => a - b),
    callsEach: calls.length / count,
    throttled:
      calls.filter(({ outcome }) => /Throttl|RequestLimit|TooMany|SlowDown/.test(outcome)).length /
      calls.length,
    dead: scenario.invocations.filter(({ ended }) => ended?.result === "dead").length,
    failureNotices: names.reduce((sum, name) => sum + scenario.notices(name, "failure").length, 0),
  };
}
