import { allFaults, bystanders } from "../../../support/aws-simulator/invariants";
import type { Crash } from "../../../support/aws-simulator/kernel/faults";
import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** Prime, so that over time every kind of call is hit; `CRASH_STRIDE=1` tries them all. */
const STRIDE = Number(process.env.CRASH_STRIDE ?? 29);

/** One life of an environment whose cleanup dies at a call, and what is wrong in the end. */
async function live(crash?: Crash): Promise<{ readonly calls: number; readonly faults: readonly string[] }> {
  let died = false;
  const scenario = new Scenario({
    seed: 3,
    fireTwice: 0,
    crash: (_invocation, trigger) => {
      if (died || trigger.kind !== "schedule" || trigger.name !== "expire") return undefined;
      died = true;
      return crash;
    },
  });
  const environment = scenario.add({ ...USUAL, environment: "alpha", domain: true, extras: true }, 2);
  scenario.add({ ...USUAL, environment: "alpha-x" }, 100);
  await scenario.until(() => false, 2 * HOUR - 5 * MINUTE);
  const before = bystanders(scenario, "alpha");
  await scenario.until(() => scenario.isDone("alpha"), 4 * HOUR);
  await scenario.until(() => false, MINUTE);
  scenario.stop();
  const cleanup = scenario.invocations.find(
    ({ trigger }) => trigger.kind === "schedule" && trigger.name === "expire",
  );
  return { calls: cleanup?.process.calls ?? 0, faults: allFaults(scenario, environment, before) };
}

test.each(["before", "after"] as const)(
  "dying %s any call and starting again: the same end",
  async (when) => {
    const { calls, faults } = await live();
    expect(faults).toEqual([]);
    expect(calls).toBeGreaterThan(300);
    const wrong: string[] = [];
    for (let call = when === "before" ? 0 : 5; call < calls; call += STRIDE) {
      const end = await live({ call, when });
      wrong.push(...end.faults.map((fault) => `call ${call}: ${fault}`));
    }
    expect(wrong).toEqual([]);
  },
  600_000,
);
