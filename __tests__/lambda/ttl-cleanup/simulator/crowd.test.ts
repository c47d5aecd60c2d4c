import { runCrowd, tickAtRest } from "../../../bench/ttl-crowd";
import { authorizeBy, synthesizedPolicies } from "../../../support/aws-simulator/policies";
import { HOUR, MINUTE, PLACE, Scenario, SECOND } from "../../../support/aws-simulator/scenario";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** Many environments at once, at the rates that AWS takes; the whole curve is in docs/benchmarks.md. */

test("a dozen that expire in the same minute are gone soon, without a throttled call or a false alarm", async () => {
  const crowd = await runCrowd(12);
  expect(crowd.wholeMinutes).toHaveLength(12);
  expect(Math.max(...crowd.wholeMinutes)).toBeLessThan(10);
  expect(crowd.callsEach).toBeLessThan(800);
  expect(crowd.throttled).toBe(0);
  expect(crowd).toMatchObject({ dead: 0, failureNotices: 0 });
});

test("their VPC endpoints share calls, within the rights of the synthesized policies; a bystander's stay", async () => {
  const policies = synthesizedPolicies(PLACE);
  const scenario = new Scenario({ seed: 11, fireTwice: 0, authorize: authorizeBy(policies, PLACE) });
  const names = Array.from({ length: 20 }, (_, i) => `e${i}x`);
  for (const environment of names) scenario.add({ ...USUAL, environment, interfaceEndpoints: 1 }, 2);
  scenario.add({ ...USUAL, environment: "bystander", interfaceEndpoints: 1 }, 100);
  await scenario.until(() => names.every((one) => scenario.isDone(one)), 3 * HOUR);
  scenario.stop();
  expect(names.filter((one) => !scenario.isDone(one))).toEqual([]);
  const deletions = scenario.simulator.log.filter(({ command }) => command === "DeleteVpcEndpoints");
  expect(deletions.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
  // 40 endpoints: at 0.3 calls per second, one by one would take two minutes longer.
  expect(deletions.length).toBeLessThan(20);
  expect(deletions.some(({ principal }) => principal.endsWith("/reaper-several"))).toBe(true);
  expect(scenario.world.endpoints.where(({ origin }) => origin === "bystander")).toHaveLength(2);
});

test("one worker does it all, and who comes while it works has nothing to do", async () => {
  const scenario = new Scenario({ seed: 3, fireTwice: 0 });
  for (const environment of ["alpha", "beta", "gamma"]) scenario.add({ ...USUAL, environment }, 2);
  await scenario.until(() => ["alpha", "beta", "gamma"].every((one) => scenario.isDone(one)), 3 * HOUR);
  scenario.stop();
  const expiries = scenario.invocations.filter(
    ({ trigger }) => trigger.kind === "schedule" && trigger.name === "expire",
  );
  // The worker itself may not have ended when the last record is closed.
  const results = expiries.map(({ ended }) => JSON.stringify(ended?.result) ?? "at work");
  expect(results.filter((one) => one.includes("another worker is running"))).toHaveLength(2);
});

test("what becomes due while a worker is at work is taken on by it, within a minute", async () => {
  const scenario = new Scenario({ seed: 3, fireTwice: 0 });
  const first = scenario.add({ ...USUAL, environment: "alpha", database: true }, 2);
  const second = scenario.add({ ...USUAL, environment: "beta" }, 2, first.createdAt + 2 * MINUTE);
  await scenario.until(() => scenario.isDone("beta"), 3 * HOUR);
  scenario.stop();
  expect(scenario.isDone("alpha")).toBe(false);
  const began = Date.parse(scenario.finished("beta")!.firstDeleteAt!.S!);
  expect(began - second.expiresAt).toBeLessThan(2 * MINUTE);
});

test("a new environment is armed within seconds, however long the cleanup of others takes", async () => {
  const scenario = new Scenario({ seed: 5, fireTwice: 0 });
  const names = Array.from({ length: 20 }, (_, i) => `old-${i}`);
  const [old] = names.map((environment) => scenario.add({ ...USUAL, environment }, 2));
  await scenario.until(() => scenario.clock.now() > old!.expiresAt + MINUTE, 3 * HOUR);
  // The stream is ordered, so the handler meets every one of them before the new environment.
  for (const environment of names) {
    scenario.edit(environment, { protected: { BOOL: true } });
    scenario.edit(environment, { protected: { BOOL: false } });
  }
  scenario.add({ ...USUAL, environment: "young" }, 20);
  const armed = () => scenario.world.schedules.where(({ origin }) => origin === "young").length === 2;
  await scenario.until(armed, 20 * SECOND);
  expect(armed()).toBe(true);
  expect(names.filter((environment) => scenario.isDone(environment))).toEqual([]);
  scenario.stop();
});

test("a tick over 5,000 environments at rest takes less than a minute", async () => {
  const { seconds, calls } = await tickAtRest(5000);
  expect(seconds).toBeLessThan(60);
  // By far most of them cost no call of their own.
  expect(calls).toBeLessThan(1000);
});

test("a worker that dies keeps no one waiting: its place is over in a minute", async () => {
  let dies = true;
  const scenario = new Scenario({
    seed: 5,
    fireTwice: 0,
    crash: (_invocation, trigger) => {
      if (!dies || trigger.kind !== "schedule" || trigger.name !== "expire") return undefined;
      dies = false;
      return { call: 150, when: "after" };
    },
  });
  scenario.add({ ...USUAL, environment: "alpha" }, 2);
  const later = scenario.add({ ...USUAL, environment: "beta" }, 2, scenario.clock.now() + 4 * MINUTE);
  await scenario.until(() => scenario.isDone("beta"), 4 * HOUR);
  scenario.stop();
  const began = Date.parse(scenario.finished("beta")!.firstDeleteAt!.S!);
  // Within a minute each: the place is over, the schedule is spread, Scheduler is exact.
  expect(began - later.expiresAt).toBeLessThan(4 * MINUTE);
});
