import fc from "fast-check";
import { allFaults, bystanders, deletions, timingFaults } from "../../../support/aws-simulator/invariants";
import type { Faults } from "../../../support/aws-simulator/kernel/faults";
import {
  HOUR,
  MINUTE,
  Scenario,
  SECOND,
  type ScenarioOptions,
} from "../../../support/aws-simulator/scenario";
import { put } from "../../../support/aws-simulator/services/s3-objects";
import { USUAL, type Shape } from "../../../support/aws-simulator/world/seed-parts";
import { examples } from "../../../support/examples";

/** The whole reaper, core and handlers, against the simulated AWS. Only the entry of the Lambda is left out. */

const ALPHA = "alpha";
/** Starts with the name of the other, so that every prefix that is no whole name would hit it. */
const TWIN = "alpha-x";
const TTL_HOURS = 2;

const shapes: fc.Arbitrary<Shape> = fc.record({
  environment: fc.constant(ALPHA),
  zones: fc.integer({ min: 1, max: 3 }),
  nat: fc.constantFrom("none", "single", "perZone"),
  interfaceEndpoints: fc.integer({ min: 0, max: 2 }),
  tasks: fc.integer({ min: 0, max: 3 }),
  objects: fc.integer({ min: 0, max: 12 }),
  uploads: fc.integer({ min: 0, max: 2 }),
  domain: fc.boolean(),
  foreignNetwork: fc.boolean(),
  database: fc.boolean(),
  extras: fc.boolean(),
  strayInterface: fc.boolean(),
  groupCycle: fc.boolean(),
  lostFromState: fc.boolean(),
});

const faults: fc.Arbitrary<Faults> = fc.record({
  throttle: fc.double({ min: 0, max: 0.3, noNaN: true }),
  serverError: fc.double({ min: 0, max: 0.05, noNaN: true }),
  lostAnswer: fc.double({ min: 0, max: 0.05, noNaN: true }),
  partialFailure: fc.double({ min: 0, max: 0.2, noNaN: true }),
});

const options: fc.Arbitrary<ScenarioOptions> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  pageSize: fc.integer({ min: 1, max: 50 }),
  fireTwice: fc.double({ min: 0, max: 1, noNaN: true }),
  clockSkew: fc.integer({ min: -4 * MINUTE, max: 4 * MINUTE }),
  faults,
});

/** An environment, its twin and everybody else, just before the expiry. */
async function shortBeforeExpiry(scenarioOptions: ScenarioOptions, shape: Shape) {
  const scenario = new Scenario(scenarioOptions);
  const environment = scenario.add(shape, TTL_HOURS);
  scenario.add({ ...shape, environment: TWIN }, 100);
  await scenario.until(() => false, TTL_HOURS * HOUR - 6 * MINUTE);
  const twin = scenario.world.remaining(TWIN).sort();
  return { scenario, environment, twin, before: bystanders(scenario, ALPHA) };
}

async function expectCleanEnd(
  { scenario, environment, twin, before }: Awaited<ReturnType<typeof shortBeforeExpiry>>,
  atMost = 12 * HOUR,
): Promise<void> {
  await scenario.until(() => scenario.isDone(ALPHA), atMost);
  await scenario.until(() => false, 2 * MINUTE); // whoever is still at it may finish
  scenario.stop();
  expect(allFaults(scenario, environment, before)).toEqual([]);
  expect(scenario.world.remaining(TWIN).sort()).toEqual(twin);
}

test("any environment under any faults: gone, proven, nobody else touched, never too early", async () => {
  await fc.assert(
    fc.asyncProperty(options, shapes, async (scenarioOptions, shape) => {
      const site = await shortBeforeExpiry(scenarioOptions, shape);
      expect(deletions(site.scenario)).toEqual([]);
      await expectCleanEnd(site);
      expect(site.scenario.simulator.log.length).toBeLessThan(60_000);
    }),
    { numRuns: examples(40) },
  );
});

test("without faults: one warning at least an hour ahead, one completion, no failure, one invocation", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1e9 }), shapes, async (seed, shape) => {
      const site = await shortBeforeExpiry({ seed, fireTwice: 0 }, { ...shape, database: false });
      await expectCleanEnd(site);
      const { scenario, environment } = site;
      const [warning, ...more] = scenario.notices(ALPHA, "warning");
      expect(more).toEqual([]);
      expect(warning!.at).toBeLessThanOrEqual(environment.expiresAt - HOUR);
      expect(scenario.notices(ALPHA, "completion")).toHaveLength(1);
      expect(scenario.notices(ALPHA, "failure")).toEqual([]);
      expect(scenario.deadLetters).toEqual([]);
    }),
    { numRuns: examples(18) },
  );
});

test("an extension in time is honoured, whenever it comes; the environment ends at its new expiry", async () => {
  const moment = fc.integer({ min: -5 * 60, max: 4 * 60 });
  await fc.assert(
    fc.asyncProperty(options, moment, async (scenarioOptions, seconds) => {
      const site = await shortBeforeExpiry(
        { ...scenarioOptions, clockSkew: 0 },
        { ...USUAL, environment: ALPHA },
      );
      const { scenario, environment } = site;
      await scenario.clock.runUntil(environment.expiresAt + seconds * SECOND);
      if (scenario.record(ALPHA)) scenario.extend(ALPHA, environment.expiresAt + 3 * HOUR);
      const late = scenario.extensions.every(({ tooLate }) => tooLate);
      await scenario.until(() => false, 2 * HOUR);
      if (!late) expect(deletions(scenario)).toEqual([]);
      await expectCleanEnd(site);
      if (!late) expect(scenario.notices(ALPHA, "warning").length).toBeGreaterThanOrEqual(2);
    }),
    { numRuns: examples(20) },
  );
});

test("processes that die anywhere, again and again, only delay the end", async () => {
  const crashes = fc.array(fc.option(fc.integer({ min: 0, max: 900 }), { freq: 4 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(options, crashes, fc.boolean(), async (scenarioOptions, calls, before) => {
      const crash = (_invocation: number) => {
        const call = calls.shift();
        return typeof call === "number" ? ({ call, when: before ? "before" : "after" } as const) : undefined;
      };
      const shape = { ...USUAL, environment: ALPHA, extras: true };
      const site = await shortBeforeExpiry({ ...scenarioOptions, crash }, shape);
      await expectCleanEnd(site);
    }),
    { numRuns: examples(20) },
  );
});

test("lost schedules: the tick finishes the work", async () => {
  await fc.assert(
    fc.asyncProperty(options, async (scenarioOptions) => {
      const site = await shortBeforeExpiry(scenarioOptions, { ...USUAL, environment: ALPHA });
      const { world } = site.scenario;
      for (const { id } of world.schedules.where(({ origin }) => origin === ALPHA))
        world.schedules.delete(id);
      await expectCleanEnd(site);
    }),
    { numRuns: examples(12) },
  );
});

test("two reapers at once are harmless", async () => {
  await fc.assert(
    fc.asyncProperty(options, fc.integer({ min: 0, max: 120 }), async (scenarioOptions, seconds) => {
      const site = await shortBeforeExpiry(scenarioOptions, { ...USUAL, environment: ALPHA });
      const { scenario, environment } = site;
      for (const after of [0, seconds, 2 * seconds]) {
        scenario.clock.startAt(environment.expiresAt + after * SECOND, () =>
          scenario.deliver({ kind: "tick" }),
        );
      }
      await expectCleanEnd(site);
    }),
    { numRuns: examples(12) },
  );
});

test("someone's lock on the state is respected, however long it is held", async () => {
  const site = await shortBeforeExpiry({ seed: 10 }, { ...USUAL, environment: ALPHA });
  const { scenario, environment } = site;
  const { bucket, key } = environment.stateRef;
  const states = scenario.world.buckets.get(bucket)!;
  const lock = {
    ID: "1",
    Operation: "OperationTypeApply",
    Who: "someone@example.com",
    Path: `${bucket}/${key}`,
  };
  put(scenario.world, states, `${key}.tflock`, JSON.stringify(lock), scenario.clock.now());
  await scenario.until(() => false, 3 * HOUR);
  expect(deletions(scenario)).toEqual([]);
  states.versions = states.versions.filter((version) => version.key !== `${key}.tflock`);
  await expectCleanEnd(site);
});

test("a deploy that died before its first state: found by tags, gone, no state left", async () => {
  const site = await shortBeforeExpiry({ seed: 12 }, { ...USUAL, environment: ALPHA });
  const { scenario, environment, before } = site;
  const { bucket, key } = environment.stateRef;
  const states = scenario.world.buckets.get(bucket)!;
  states.versions = states.versions.filter((version) => version.key !== key);
  const { items } = scenario.world.tables.get(scenario.names.lockTableName)!;
  const digest = [...items.keys()].find((lockId) => lockId.includes(`${bucket}/${key}-md5`))!;
  items.delete(digest);
  expect(await scenario.until(() => scenario.isDone(ALPHA), HOUR)).toBe(true);
  scenario.stop();
  expect(scenario.world.remaining(ALPHA)).toEqual([]);
  expect(bystanders(scenario, ALPHA)).toBe(before);
  expect([...items.keys()].filter((lockId) => lockId.includes(`/${ALPHA}/`))).toEqual([]);
  expect(states.versions.filter((version) => version.key === key)).toEqual([]);
});

test("a protected environment stays as it is until the protection is taken away", async () => {
  const site = await shortBeforeExpiry({ seed: 7 }, { ...USUAL, environment: ALPHA });
  const { scenario } = site;
  scenario.edit(ALPHA, { protected: { BOOL: true } });
  await scenario.until(() => false, 5 * HOUR);
  expect(deletions(scenario)).toEqual([]);
  scenario.edit(ALPHA, { protected: { BOOL: false } });
  await expectCleanEnd(site);
});

test("a clock that is wrong by more than five minutes deletes nothing", async () => {
  for (const clockSkew of [-6 * MINUTE, 6 * MINUTE]) {
    const { scenario, environment } = await shortBeforeExpiry(
      { seed: 8, clockSkew },
      { ...USUAL, environment: ALPHA },
    );
    await scenario.until(() => false, 5 * HOUR);
    scenario.stop();
    expect(deletions(scenario)).toEqual([]);
    expect(timingFaults(scenario, environment)).toEqual([]);
    expect(scenario.metrics.filter(({ name }) => name === "CleanupFailed").length).toBeGreaterThan(0);
  }
});

test("by hand, without a word about deleting: the plan with its proofs, and nothing else", async () => {
  const { scenario } = await shortBeforeExpiry({ seed: 9 }, { ...USUAL, environment: ALPHA });
  const calls = scenario.simulator.log.length;
  const answer = await scenario.clock.run(
    scenario.invoke({ kind: "manual", action: "reap", environment: ALPHA }),
  );
  const made = scenario.simulator.log
    .slice(calls)
    .filter(({ principal }) => principal.includes("assumed-role"));
  expect(made).toEqual([]);
  expect(answer).toMatchObject({ result: { kind: "planned", text: expect.stringContaining("ec2:vpc") } });
});
