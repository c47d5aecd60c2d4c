import { allFaults, bystanders } from "../../../support/aws-simulator/invariants";
import type { Crash } from "../../../support/aws-simulator/kernel/faults";
import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { sample } from "../../../support/examples";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** Prime, so that over time every kind of call is hit. */
const STRIDE = 97;

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

test.each(["before", "after"] as const)("dying %s a call and starting again: the same end", async (when) => {
  const { calls, faults } = await live();
  expect(faults).toEqual([]);
  expect(calls).toBeGreaterThan(300);
  const wrong: string[] = [];
  for (const call of sample([...Array(calls).keys()], STRIDE)) {
    const end = await live({ call, when });
    wrong.push(...end.faults.map((fault) => `call ${call}: ${fault}`));
  }
  expect(wrong).toEqual([]);
});
