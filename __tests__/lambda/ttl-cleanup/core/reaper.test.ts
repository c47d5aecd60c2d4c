import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { typicalAws } from "../../../support/reaper-graphs";
import { HOUR, iso, MINUTE, T0 } from "../../../support/reaper-values";

const EXPIRY = T0 + 4 * HOUR;

describe("a change in the registry", () => {
  it.each([
    ["that is due", { phase: "WARNED" }],
    ["whose deletion has begun", { phase: "DELETING", firstDeleteAt: iso(EXPIRY) }],
    ["whose pass has left a lock", { phase: "EXPIRED", lockId: "left" }],
  ] as const)(
    "of an environment %s starts a worker at once and deletes nothing itself",
    async (_title, state) => {
      const fake = typicalAws();
      const warned = { warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - HOUR) };
      fake.records.set("pr-1", { ...fake.records.get("pr-1")!, ...warned, ...state });
      const before = fake.records.get("pr-1");
      fake.now = EXPIRY + MINUTE;
      expect(await reap(fake.world(), { kind: "stream", environment: "pr-1" })).toEqual({
        kind: "environment",
        environment: "pr-1",
        result: {
          kind: "nothing",
          reason: "it is due, and a worker will start",
          until: iso(fake.now),
        },
      });
      expect(fake.schedules.get("pr-1")).toEqual({ rearm: fake.now });
      expect(fake.mutations).toEqual([]);
      // No pass began: it would take the lease and write its number.
      expect(fake.records.get("pr-1")).toEqual(before);
    },
  );
});
