import fc from "fast-check";
import {
  backoffMilliseconds,
  breakerThreshold,
  nextMoves,
  type Rollout,
} from "../../../local/data-plane/rolling";

const rollout = (changes: Partial<Rollout> = {}): Rollout => ({
  desired: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  primary: { alive: 0, healthy: 0 },
  old: { alive: 0, healthy: 0 },
  ...changes,
});
const both = (count: number) => ({ alive: count, healthy: count });

it.each<[string, Partial<Rollout>, object]>([
  ["starts what is missing", {}, { start: 2, stopPrimary: 0, stopOld: 0 }],
  [
    "keeps old tasks until new ones are healthy",
    { primary: { alive: 2, healthy: 0 }, old: both(2) },
    { start: 0, stopPrimary: 0, stopOld: 0 },
  ],
  [
    "stops one old task for each new one that is healthy",
    { primary: { alive: 2, healthy: 1 }, old: both(2) },
    { start: 0, stopPrimary: 0, stopOld: 1 },
  ],
  [
    "stops all old tasks in the end",
    { primary: both(2), old: both(2) },
    { start: 0, stopPrimary: 0, stopOld: 2 },
  ],
  [
    "starts no more than the maximum allows",
    { maximumPercent: 150, old: both(2) },
    { start: 1, stopPrimary: 0, stopOld: 0 },
  ],
  [
    "makes room first when the minimum allows it",
    { minimumHealthyPercent: 50, maximumPercent: 100, old: both(2) },
    { start: 0, stopPrimary: 0, stopOld: 1 },
  ],
  [
    "stops unhealthy old tasks at once",
    { old: { alive: 2, healthy: 1 }, primary: { alive: 1, healthy: 0 } },
    { start: 1, stopPrimary: 0, stopOld: 1 },
  ],
  ["scales in", { primary: both(3) }, { start: 0, stopPrimary: 1, stopOld: 0 }],
  [
    "stops everything at zero",
    { desired: 0, primary: both(2), old: both(1) },
    { start: 0, stopPrimary: 2, stopOld: 1 },
  ],
])("%s", (_, changes, moves) => {
  expect(nextMoves(rollout(changes))).toEqual(moves);
});

it("never goes above the maximum by a start, and never below the minimum by stopping old tasks", () => {
  const counts = fc
    .record({ alive: fc.nat(10), healthy: fc.nat(10) })
    .map(({ alive, healthy }) => ({ alive, healthy: Math.min(alive, healthy) }));
  const any = fc.record({
    desired: fc.nat(10),
    minimumHealthyPercent: fc.nat(100),
    maximumPercent: fc.integer({ min: 100, max: 200 }),
    primary: counts,
    old: counts,
  });
  fc.assert(
    fc.property(any, (one) => {
      const { start, stopOld } = nextMoves(one);
      const maximum = Math.floor((one.desired * one.maximumPercent) / 100);
      const minimum = Math.ceil((one.desired * one.minimumHealthyPercent) / 100);
      if (start > 0) expect(one.primary.alive + one.old.alive + start).toBeLessThanOrEqual(maximum);
      const healthyStopped = stopOld - (one.old.alive - one.old.healthy);
      if (healthyStopped > 0)
        expect(one.primary.healthy + one.old.healthy - healthyStopped).toBeGreaterThanOrEqual(minimum);
    }),
  );
});

it.each([
  [1, 3],
  [6, 3],
  [7, 4],
  [1000, 200],
])("the circuit breaker of %i tasks ends a deployment after %i failures", (desired, failures) => {
  expect(breakerThreshold(desired)).toBe(failures);
});

it("waits longer after each failure, at most 30 s", () => {
  expect([0, 1, 2, 3, 10].map(backoffMilliseconds)).toEqual([0, 500, 1000, 2000, 30_000]);
});
