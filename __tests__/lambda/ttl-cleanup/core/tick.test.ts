import { armSchedules, schedulesOf } from "../../../../lambda/ttl-cleanup/core/arming";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { needsPass } from "../../../../lambda/ttl-cleanup/core/due";
import { runTick, TickFailed } from "../../../../lambda/ttl-cleanup/core/tick";
import { drive } from "../../../support/reaper-driver";
import { FakeAws } from "../../../support/reaper-fakes";
import { HOUR, iso, MINUTE, named, recordOf, SECOND, T0, testRecordOf } from "../../../support/reaper-values";
import { typicalAws, TYPES } from "../../../support/reaper-graphs";

const EXPIRY = T0 + 4 * HOUR;

function aws(...records: Parameters<typeof recordOf>[0][]): FakeAws {
  const made = new FakeAws(TYPES);
  for (const record of records) made.register(recordOf(record));
  return made;
}

const stream = (fake: FakeAws, environment = "pr-1") => reap(fake.world(), { kind: "stream", environment });
const kinds = (fake: FakeAws) => fake.notices.map(({ kind, environment }) => `${kind} ${environment}`);

describe("the schedules", () => {
  it("stand at 62 minutes before expiry and at expiry, armed when the record appears", async () => {
    const fake = aws({});
    expect(await stream(fake)).toEqual({
      kind: "environment",
      environment: "pr-1",
      result: { kind: "nothing", reason: "not due" },
    });
    expect(fake.schedules.get("pr-1")).toEqual({ warn: EXPIRY - 62 * MINUTE, expire: EXPIRY });
    expect(fake.records.get("pr-1")!.token).toBe(0);
  });

  it("move with an extension, without a deploy", async () => {
    const fake = aws({});
    await stream(fake);
    fake.records.set("pr-1", { ...fake.records.get("pr-1")!, expiresAt: iso(EXPIRY + HOUR) });
    await stream(fake);
    expect(fake.schedules.get("pr-1")).toEqual({ warn: EXPIRY - 2 * MINUTE, expire: EXPIRY + HOUR });
  });

  it("are written only where they differ", async () => {
    const fake = aws({});
    await stream(fake);
    const puts: string[] = [];
    fake.before = (name) => name === "schedules.put" && puts.push(name);
    await stream(fake);
    expect(puts).toEqual([]);
  });

  it("get none in the past, none for a warning already given, none while deleting", async () => {
    expect(schedulesOf(recordOf(), EXPIRY - 62 * MINUTE)).toEqual([["expire", EXPIRY]]);
    expect(schedulesOf(recordOf({ warnFor: iso(EXPIRY) }), T0)).toEqual([["expire", EXPIRY]]);
    expect(schedulesOf(recordOf(), EXPIRY)).toEqual([]);
    const deleting = aws({});
    expect(await armSchedules(deleting.world(), recordOf({ phase: "DELETING" }))).toEqual([]);
    expect(deleting.schedules.get("pr-1")).toEqual({});
  });

  it("are in whole seconds, never before the instant", () =>
    expect(schedulesOf(recordOf({ expiresAt: "2026-03-01T04:00:00.200Z" }), T0)[1]).toEqual([
      "expire",
      EXPIRY + SECOND,
    ]));
});

describe("a life shorter than the warning's lead", () => {
  it("is announced at registration and deleted at its expiry", async () => {
    const fake = aws({ ttlHours: 1, expiresAt: iso(T0 + HOUR) });
    await stream(fake);
    expect(kinds(fake)).toEqual(["warning pr-1"]);
    await drive(fake, { untilMs: 2 * HOUR });
    expect(fake.done[0]!.at - (T0 + HOUR)).toBeLessThan(2 * MINUTE);
    expect(kinds(fake)).toEqual(["warning pr-1", "completion pr-1"]);
  });
});

describe("the tick", () => {
  it("does nothing to what is not due but repair the clocks that strike before the next tick, and shows that it lives", async () => {
    const fake = aws({}, { environment: "pr-2", expiresAt: iso(T0 + 20 * HOUR) });
    fake.now = EXPIRY - 2 * HOUR;
    expect(await runTick(fake.world())).toEqual({
      "pr-1": { kind: "nothing", reason: "not due" },
      "pr-2": { kind: "nothing", reason: "not due" },
    });
    expect(fake.metrics).toMatchObject({
      Heartbeat: 1,
      EnvironmentsActive: 2,
      ClockRepairs: 2,
      OverdueMinutes: 0,
      OrphansFound: 0,
    });
    expect(fake.schedules.get("pr-2")).toEqual({});
    await runTick(fake.world());
    expect(fake.metrics.ClockRepairs).toBe(2);
  });

  it("repairs the schedules of eight environments at the same time", async () => {
    const fake = new FakeAws(TYPES);
    for (let i = 0; i < 20; i++) fake.register(recordOf({ environment: `pr-${i}`, expiresAt: iso(EXPIRY) }));
    fake.now = EXPIRY - 2 * HOUR;
    const world = fake.world();
    const [open, opened]: [Set<string>, number[]] = [new Set(), []];
    const sessions = {
      open: async (...args: Parameters<typeof world.ports.sessions.open>) => {
        open.add(args[0].environment);
        opened.push(open.size);
        // All that can begin without waiting for this one begins meanwhile.
        await new Promise<void>((resume) => setImmediate(resume));
        open.delete(args[0].environment);
        return world.ports.sessions.open(...args);
      },
    };
    await runTick({ ...world, ports: { ...world.ports, sessions } });
    expect(opened).toHaveLength(20);
    expect(Math.max(...opened)).toBe(8);
  });

  it("asks nothing but the registry about thousands of environments at rest", async () => {
    const fake = new FakeAws(TYPES);
    for (let i = 0; i < 2000; i++)
      fake.register(recordOf({ environment: `pr-${i}`, expiresAt: iso(T0 + 100 * HOUR) }));
    await runTick(fake.world());
    expect(fake.calls).toBeLessThan(20);
  });

  it("alone, with all schedules lost, warns an hour ahead and cleans within the hour", async () => {
    for (const offset of [0, 20, 40, 59]) {
      const fake = aws({ expiresAt: iso(EXPIRY + offset * MINUTE) });
      await drive(fake, { untilMs: 12 * HOUR, onEvent: () => fake.schedules.clear() });
      const [warning] = fake.notices;
      expect(EXPIRY + offset * MINUTE - warning!.at).toBeGreaterThanOrEqual(62 * MINUTE);
      expect(fake.done[0]!.at - (EXPIRY + offset * MINUTE)).toBeLessThan(62 * MINUTE);
      expect(kinds(fake)).toEqual(["warning pr-1", "completion pr-1"]);
      expect(fake.violations).toEqual([]);
    }
  });

  it("warns early when the schedules cannot be made", async () => {
    const fake = aws({ expiresAt: iso(T0 + 2 * HOUR) });
    fake.before = (name) => {
      if (name === "schedules.put") throw named("AccessDenied");
    };
    await expect(runTick(fake.world())).resolves.toMatchObject({ "pr-1": { kind: "stoodDown" } });
    expect(kinds(fake)).toEqual(["warning pr-1"]);
    expect(fake.audit.find(({ action, outcome }) => action === "arm" && outcome === "failed")?.error).toBe(
      "AccessDenied",
    );
  });

  it("leaves what is not due before the next one alone even then", async () => {
    const fake = aws({ expiresAt: iso(T0 + 3 * HOUR) });
    fake.schedules.clear();
    await runTick(fake.world());
    expect(kinds(fake)).toEqual([]);
  });

  it.each([
    ["serves all that is due, the most overdue first", 4 * MINUTE + 20 * SECOND, 6],
    ["re-arms what it has no time for", 3 * MINUTE, 0],
  ])("%s", async (_what, remaining, served) => {
    const names = ["pr-a", "pr-b", "pr-c", "pr-d", "pr-e", "pr-f"];
    const fake = aws(
      ...names.map((environment, index) => {
        const expiresAt = iso(EXPIRY - index * MINUTE);
        return {
          environment,
          expiresAt,
          phase: "WARNED" as const,
          warnFor: expiresAt,
          warnedAt: iso(T0 + HOUR),
        };
      }),
    );
    fake.now = EXPIRY + HOUR;
    const result = await runTick(fake.world({}, remaining));
    const locked = fake.audit.filter(({ action }) => action === "lock").map(({ environment }) => environment);
    expect(locked).toEqual([...names].reverse().slice(0, served));
    for (const late of served > 0 ? [] : names) {
      expect(result[late]).toEqual({ kind: "nothing", reason: "no time left in this tick: re-armed" });
      expect(fake.schedules.get(late)!.rearm).toBeGreaterThan(fake.now);
    }
    expect(fake.metrics.OverdueMinutes).toBe(65);
  });

  it("serves the others when one fails, then fails itself so that it is retried", async () => {
    const fake = typicalAws();
    fake.register(recordOf({ environment: "pr-2", accountId: "222222222222", expiresAt: iso(T0 + MINUTE) }));
    fake.now = EXPIRY - 70 * MINUTE;
    fake.before = (name) => {
      if (name === "identity.get") throw named("ExpiredToken");
    };
    await expect(runTick(fake.world())).rejects.toThrow(new TickFailed("pr-2: ExpiredToken"));
    expect(fake.schedules.get("pr-1")).toHaveProperty("expire");
    expect(fake.metrics.Heartbeat).toBe(1);
  });

  it("alarms for a record it cannot read, and serves the others", async () => {
    const fake = aws({}, { environment: "pr-2" });
    fake.records.set("pr-2", { ...fake.records.get("pr-2")!, createdAt: "yesterday" });
    expect(await runTick(fake.world())).toMatchObject({
      "pr-1": { kind: "nothing" },
      "pr-2": { kind: "invalid" },
    });
    expect(kinds(fake)).toEqual(["alarm pr-2"]);
    expect(fake.metrics.EnvironmentsActive).toBe(2);
    // Once for what is wrong, again when something else is.
    await runTick(fake.world());
    expect(kinds(fake)).toEqual(["alarm pr-2"]);
    fake.records.set("pr-2", { ...fake.records.get("pr-2")!, createdAt: "tomorrow" });
    await runTick(fake.world());
    expect(kinds(fake)).toEqual(["alarm pr-2", "alarm pr-2"]);
  });

  it("does not count a protected environment as overdue", async () => {
    const fake = aws({ protected: true });
    fake.now = EXPIRY + 5 * HOUR;
    expect(await runTick(fake.world())).toEqual({ "pr-1": { kind: "nothing", reason: "not due" } });
    expect(fake.metrics.OverdueMinutes).toBe(0);
    expect(kinds(fake)).toEqual([]);
  });
});

describe("OverdueMinutes", () => {
  it.each<[string, boolean | undefined, number]>([
    ["counts stacks and test runs where deletion is enabled", true, 300],
    ["counts only test runs where no one has enabled deletion", undefined, 120],
    ["counts nothing where deletion is disabled: people chose to keep it", false, 0],
  ])("%s", async (_title, enabled, minutes) => {
    const fake = aws({}, { environment: "pr-2", protected: true });
    const expiresAt = iso(EXPIRY + 3 * HOUR);
    fake.register(testRecordOf({ expiresAt, maxExpiresAt: expiresAt }));
    fake.deletionEnabled = enabled;
    fake.now = EXPIRY + 5 * HOUR;
    await runTick(fake.world());
    expect(fake.metrics.OverdueMinutes).toBe(minutes);
  });
});

describe("orphans", () => {
  it("of a finished environment open it again, and it is finished again", async () => {
    const fake = aws({});
    await drive(fake, { untilMs: 6 * HOUR });
    expect(fake.done).toHaveLength(1);
    fake.add({ type: "nat", id: "late", environment: "pr-1" });
    const reopened = fake.now;
    await runTick(fake.world());
    expect(fake.records.get("pr-1")).toMatchObject({ phase: "ACTIVE", createdAt: iso(reopened) });
    expect(fake.records.get("pr-1")).not.toHaveProperty("warnFor");
    fake.mutations.length = 0;
    await drive(fake, { untilMs: 10 * HOUR });
    // A warning of its own, and as long a notice as any.
    const warned = fake.notices.filter(({ kind }) => kind === "warning").at(-1)!;
    expect(warned.at).toBeGreaterThanOrEqual(reopened);
    expect(fake.mutations[0]!.at - warned.at).toBeGreaterThanOrEqual(55 * MINUTE);
    expect(fake.present()).toEqual([]);
    expect(fake.done).toHaveLength(2);
    expect(fake.violations).toEqual([]);
  });

  it("that the independent listing does not confirm are ghosts of the tag index", async () => {
    const fake = aws({});
    await drive(fake, { untilMs: 6 * HOUR });
    const world = fake.world();
    const discovery = {
      ...world.ports.discovery,
      names: async () => ["pr-1"],
      tagged: async () => [{ arn: "arn:ghost" }],
    };
    await runTick({ ...world, ports: { ...world.ports, discovery } });
    expect(fake.records.size).toBe(0);
  });

  it("of an environment that was deployed again and lost its record are counted, not deleted", async () => {
    const fake = aws({});
    await drive(fake, { untilMs: 6 * HOUR });
    const before = fake.mutations.length;
    fake.register(recordOf());
    fake.add({ type: "nat", id: "new-life", environment: "pr-1" }, "managed");
    fake.records.delete("pr-1");
    await runTick(fake.world());
    expect(fake.metrics.OrphansFound).toBe(1);
    expect(fake.records.size).toBe(0);
    expect(fake.mutations).toHaveLength(before);
  });

  it("are none where the index only lags behind a new record", async () => {
    const fake = typicalAws();
    const world = fake.world();
    const registry = { ...world.ports.registry, listOpen: async () => [] };
    expect(await runTick({ ...world, ports: { ...world.ports, registry } })).toEqual({});
    expect(fake.metrics.OrphansFound).toBe(0);
  });

  it("that nobody registered are counted, not deleted", async () => {
    const fake = aws({});
    fake.add({ type: "nat", id: "x", environment: "pr-9" });
    await runTick(fake.world());
    expect(fake.metrics.OrphansFound).toBe(1);
    expect(fake.mutations).toEqual([]);
    expect(fake.audit.find(({ action }) => action === "orphans")).toMatchObject({
      environment: "pr-9",
      resource: "x",
    });
  });

  it("are not sought behind an error in silence", async () => {
    const fake = aws({});
    fake.before = (name) => {
      if (name === "discovery.names") throw named("AccessDenied");
    };
    await expect(runTick(fake.world())).rejects.toThrow("(orphans): AccessDenied");
    expect(fake.metrics.DiscoveryErrors).toBe(1);
  });
});

describe("needsPass", () => {
  const warned = { phase: "WARNED" as const, warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - HOUR) };
  it.each<[string, boolean, Parameters<typeof recordOf>[0], number]>([
    ["young", false, {}, T0],
    ["a warning due", true, {}, EXPIRY - 62 * MINUTE],
    ["warned", false, warned, EXPIRY - SECOND],
    ["expired", true, warned, EXPIRY],
    ["warned of another expiry", true, { ...warned, expiresAt: iso(EXPIRY + 9 * HOUR) }, T0],
    ["in the middle", true, { ...warned, phase: "DELETING", expiresAt: iso(EXPIRY + 9 * HOUR) }, T0],
    ["stuck", true, { ...warned, phase: "STUCK" }, EXPIRY],
    ["holding a lock", true, { lockId: "x", protected: true }, T0],
    ["protected", false, { protected: true }, EXPIRY],
    ["protected after its warning", true, { ...warned, protected: true }, EXPIRY],
    ["protected in the middle", true, { protected: true, phase: "DELETING" }, EXPIRY],
  ])("%s: %p", (_name, expected, record, now) => expect(needsPass(recordOf(record), now)).toBe(expected));
});
