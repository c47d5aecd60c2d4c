import { drive } from "../../../support/reaper-driver";
import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { FakeAws } from "../../../support/reaper-fakes";
import { TYPES } from "../../../support/reaper-graphs";
import { HOUR, iso, MINUTE, named, recordOf, SECOND } from "../../../support/reaper-values";

import { EXPIRY, expiredAws, pass, sent, small } from "../../../support/reaper-passes";

describe("who works", () => {
  it("nobody without a record", async () =>
    expect(await pass(new FakeAws([]))).toEqual({ kind: "nothing", reason: "there is no record" }));

  it("nobody while another has the lease; anyone when it is over", async () => {
    const aws = small();
    const record = aws.records.get("pr-1")!;
    aws.records.set("pr-1", { ...record, leaseOwner: "other", leaseUntilMs: EXPIRY + MINUTE });
    expect(await pass(aws)).toMatchObject({ kind: "nothing", reason: "another pass has the lease" });
    aws.now = EXPIRY + MINUTE;
    expect((await pass(aws)).kind).toBe("done");
  });

  it("comes back when another's lease is over: the other may have died", async () => {
    const aws = expiredAws();
    const held = { ...aws.records.get("pr-1")!, leaseOwner: "other", leaseUntilMs: EXPIRY + 16 * MINUTE };
    aws.records.set("pr-1", held);
    const until = EXPIRY + 16 * MINUTE + 5 * SECOND;
    expect(await pass(aws)).toEqual({
      kind: "nothing",
      reason: "another pass has the lease",
      until: iso(until),
    });
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: until });
    expect(aws.records.get("pr-1")).toEqual(held);
    expect(aws.mutations).toEqual([]);
    await drive(aws);
    expect(aws.done.map(({ record }) => record.environment)).toContain("pr-1");
    expect(aws.done[0]!.at).toBeLessThan(until + 5 * MINUTE);
  });

  it("leaves the schedule of the pass that it meets as it is", async () => {
    const aws = expiredAws();
    aws.records.set("pr-1", {
      ...aws.records.get("pr-1")!,
      leaseOwner: "other",
      leaseUntilMs: EXPIRY + HOUR,
    });
    aws.schedules.set("pr-1", { rearm: EXPIRY + MINUTE });
    expect(await pass(aws)).not.toHaveProperty("until");
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: EXPIRY + MINUTE });
    // One that lies in the past has fired and is about to vanish.
    aws.now = EXPIRY + MINUTE;
    expect(await pass(aws)).toHaveProperty("until", iso(EXPIRY + HOUR + 5 * SECOND));
  });

  it("leaves no schedule behind when the pass that it meets comes to its end in this moment", async () => {
    const aws = expiredAws();
    const held = { ...aws.records.get("pr-1")!, leaseOwner: "other", leaseUntilMs: EXPIRY + HOUR };
    aws.records.set("pr-1", held);
    aws.after = (name) => {
      if (name === "schedules.put") aws.records.delete("pr-1");
    };
    expect(await pass(aws)).toEqual({ kind: "nothing", reason: "another pass has the lease" });
    expect(aws.schedules.has("pr-1")).toBe(false);
  });

  it("fails when its schedule cannot be created, so that Lambda tries again", async () => {
    const aws = expiredAws();
    const held = { ...aws.records.get("pr-1")!, leaseOwner: "other", leaseUntilMs: EXPIRY + HOUR };
    aws.records.set("pr-1", held);
    aws.before = (name) => {
      if (name === "schedules.put") throw named("InternalServerException");
    };
    await expect(pass(aws)).rejects.toThrow("InternalServerException");
  });

  it("not the one whose environment is extended in the moment before the first deletion", async () => {
    const aws = expiredAws();
    const later = iso(EXPIRY + 5 * HOUR);
    let scans = 0;
    aws.after = (name) => {
      if (name !== "discovery.scan" || (scans += 1) > 1) return;
      aws.records.set("pr-1", { ...aws.records.get("pr-1")!, expiresAt: later });
    };
    // Without the condition on the write of DELETING, the record would have this phase although nothing goes.
    const phases: (string | undefined)[] = [];
    aws.before = () => phases.push(aws.records.get("pr-1")?.phase);
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown" });
    expect(phases).not.toContain("DELETING");
    expect(aws.mutations).toEqual([]);
    expect(aws.records.get("pr-1")).toMatchObject({ expiresAt: later, phase: "ACTIVE" });
  });

  it("not the one whose token is old: it stops without a word", async () => {
    const aws = expiredAws();
    let stolen = false;
    aws.after = (name) => {
      if (name !== "nat.remove" || stolen) return;
      stolen = true;
      const record = aws.records.get("pr-1")!;
      aws.records.set("pr-1", { ...record, token: record.token + 1, leaseOwner: "other" });
    };
    expect(await pass(aws)).toEqual({
      kind: "nothing",
      reason: "another pass has the lease",
      deletionBegan: true,
    });
    expect(aws.records.get("pr-1")!.leaseOwner).toBe("other");
    expect(aws.locks.size).toBe(1);
    expect(sent(aws)).toEqual([]);
  });

  it("gives the lease back whatever happens", async () => {
    const aws = expiredAws();
    aws.before = (name) => {
      if (name === "discovery.scan") throw named("AccessDenied");
    };
    await expect(pass(aws)).rejects.toThrow("AccessDenied");
    expect(aws.records.get("pr-1")!.leaseOwner).toBeUndefined();
  });
});

describe("Terraform's lock", () => {
  it("held by another: waits two minutes, deletes nothing, never takes it", async () => {
    const aws = expiredAws();
    const holder = { id: "tf", who: "dev@host", created: EXPIRY - MINUTE };
    aws.locks.set("automock/pr-1/terraform.tfstate", holder);
    const result = await pass(aws);
    expect(result).toMatchObject({ kind: "lockBusy", until: iso(EXPIRY + 2 * MINUTE) });
    expect(aws.mutations).toEqual([]);
    expect(aws.metrics.LockBusy).toBe(1);
    expect(aws.locks.get("automock/pr-1/terraform.tfstate")).toEqual(holder);
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: EXPIRY + 2 * MINUTE });
    expect(sent(aws)).toEqual([]);
  });

  it.each([
    ["older than two hours", EXPIRY - 2 * HOUR - MINUTE, "is 121 min old"],
    ["of unknown age, two hours after the expiry", undefined, "is of unknown age"],
  ])("%s is told once a day, with the way out", async (_what, created, said) => {
    const aws = expiredAws();
    aws.locks.set("automock/pr-1/terraform.tfstate", { id: "tf", who: "dev@host", created });
    if (created === undefined) aws.now = EXPIRY + 2 * HOUR + MINUTE;
    await pass(aws);
    await pass(aws);
    expect(sent(aws)).toEqual(["failure: pr-1 is not deleted: state-lock"]);
    const { text } = aws.notices.find(({ kind }) => kind === "failure")!;
    expect(text).toContain(said);
    expect(text).toContain("npx automock plan automock-pr-1 says how to release it");
    expect(aws.metrics.CleanupFailed).toBe(2);
    aws.now += 24 * HOUR;
    await pass(aws);
    expect(sent(aws)).toHaveLength(2);
  });

  it("is written ahead: its id is in the registry before the lock is taken", async () => {
    const aws = expiredAws();
    let ahead: string | undefined;
    aws.before = (name) => {
      if (name === "lock.acquire") ahead = aws.records.get("pr-1")!.lockId;
    };
    await pass(aws);
    expect(ahead).toBe("uuid-1");
  });

  it("is held until the state is empty, over all passes", async () => {
    const aws = expiredAws();
    const seen: boolean[] = [];
    aws.before = (name) => {
      if (name === "state.reset" || name === "residual.list")
        seen.push(aws.locks.has("automock/pr-1/terraform.tfstate"));
    };
    await pass(aws);
    expect(seen).toEqual([true, true, true]);
    expect(aws.locks.size).toBe(0);
  });
});

describe("stands down", () => {
  it.each([
    ["extended", { expiresAt: iso(EXPIRY + 2 * HOUR) }],
    ["protected", { protected: true }],
  ])("%s between the gates and the lock", async (_how, change) => {
    const aws = expiredAws();
    aws.after = (name) => {
      if (name === "lock.acquire") aws.records.set("pr-1", { ...aws.records.get("pr-1")!, ...change });
    };
    expect((await pass(aws)).kind).toBe("stoodDown");
    expect(aws.mutations).toEqual([]);
    expect(aws.locks.size).toBe(0);
    expect(aws.records.get("pr-1")!.lockId).toBeUndefined();
    expect(sent(aws)).toEqual([]);
  });

  it("protected in the middle: stops at the next round and says that it had begun", async () => {
    const aws = expiredAws();
    let at = 0;
    aws.after = (name) => {
      if (name !== "nat.remove") return;
      at = aws.now;
      aws.records.set("pr-1", { ...aws.records.get("pr-1")!, protected: true });
    };
    const result = await pass(aws);
    expect(result).toMatchObject({ kind: "stoodDown", refusals: [{ gate: "protected" }] });
    expect(Math.max(...aws.mutations.map((one) => one.at))).toBe(at);
    const { phase, firstDeleteAt, deleted } = aws.records.get("pr-1")!;
    expect([phase, firstDeleteAt]).toEqual(["WARNED", undefined]);
    expect(deleted).toEqual({ scaling: 1 });
    expect(sent(aws)).toEqual(["failure: pr-1 is kept, but its deletion had begun"]);
    expect(aws.notices[1]!.text).toContain("but is protected");
  });

  it("when the gate alarms: tells it once, deletes nothing", async () => {
    const aws = expiredAws();
    aws.skewMs = 10 * MINUTE;
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", refusals: [{ gate: "clock-skew" }] });
    await pass(aws);
    expect(aws.mutations).toEqual([]);
    expect(aws.metrics.CleanupFailed).toBe(2);
    expect(sent(aws)).toEqual(["alarm: pr-1 is not deleted: clock-skew"]);
  });

  it("when only the notice is short: comes back by a schedule when it ends", async () => {
    const aws = expiredAws();
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, warnedAt: iso(EXPIRY - 30 * MINUTE) });
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", until: iso(EXPIRY + 25 * MINUTE) });
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: EXPIRY + 25 * MINUTE });
    expect(aws.records.get("pr-1")!.phase).toBe("EXPIRED");
  });

  it("when the expiry schedule fires too early: comes back at expiry", async () => {
    const aws = expiredAws();
    aws.now = EXPIRY - 2 * SECOND;
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", until: iso(EXPIRY) });
  });

  it("without a schedule of its own where the one for expiry comes anyway, or waiting is not all", async () => {
    const aws = expiredAws();
    aws.now = EXPIRY - 62 * MINUTE;
    expect(await pass(aws)).not.toHaveProperty("until");
    expect(aws.schedules.get("pr-1")).toEqual({ expire: EXPIRY });
    aws.now = EXPIRY;
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, protected: true });
    expect(await pass(aws)).not.toHaveProperty("until");
    expect(aws.schedules.get("pr-1")).toEqual({ expire: EXPIRY });
  });

  it("when the plan is too large", async () => {
    const aws = expiredAws();
    expect(await pass(aws, { maxResources: 5 })).toMatchObject({
      kind: "stoodDown",
      refusals: [{ gate: "plan-size" }],
    });
    expect(aws.mutations).toEqual([]);
    expect(sent(aws)).toEqual(["alarm: pr-1 is not deleted: plan-size"]);
  });
});

describe("a pass", () => {
  it("works in one session, also after the network that it names is gone", async () => {
    const aws = expiredAws();
    let sessions = 0;
    aws.before = (name) => void (sessions += name === "sessions.open" ? 1 : 0);
    expect((await pass(aws)).kind).toBe("done");
    expect(sessions).toBe(1);
    expect(aws.done[0]!.record.vpcId).toBe("pr-1:vpc");
  });

  it("opens another session when the network is found later: its tags name it", async () => {
    const aws = expiredAws();
    const vpc = aws.resources.get("vpc pr-1:vpc")!;
    aws.resources.delete("vpc pr-1:vpc");
    let sessions = 0;
    aws.before = (name) => {
      if (name === "nat.remove") aws.resources.set("vpc pr-1:vpc", vpc);
      sessions += name === "sessions.open" ? 1 : 0;
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(sessions).toBe(2);
  });

  it("does not wait when all that is left is held or behind what is held", async () => {
    const aws = small(
      { type: "eni", id: "e", tags: { "automock:protected": "true" } },
      { type: "subnet", id: "s" },
      { type: "vpc", id: "v" },
    );
    expect((await pass(aws)).kind).toBe("stuck");
    expect(aws.now).toBe(EXPIRY);
  });

  it("prepares what is ready, and before that only what says so", async () => {
    const aws = expiredAws();
    aws.types = [
      { type: "nat" },
      { type: "subnet", after: ["nat"], prepare: true },
      { type: "sg", after: ["nat"], prepare: true, prepareAt: "start" },
    ];
    for (const key of aws.resources.keys())
      if (!/^(nat|subnet|sg) pr-1:/.test(key)) aws.resources.delete(key);
    for (const type of ["subnet", "sg"])
      Object.assign(aws.resources.get(`${type} pr-1:${type}`)!, { needs: [] });
    await pass(aws);
    const first = aws.mutations.filter(({ at }) => at === EXPIRY);
    const later = aws.mutations.filter(({ at }) => at > EXPIRY);
    const names = (some: typeof first) => some.map(({ action, key }) => `${action} ${key.split(" ")[0]}`);
    expect(names(first)).toEqual(["prepare sg", "remove nat"]);
    expect(names(later)).toEqual(["prepare subnet", "remove sg", "remove subnet"]);
  });

  it("does not wait for what has become ready: all that is gone at once goes in the same instant", async () => {
    const aws = small(
      { type: "service", id: "x" },
      { type: "nat", id: "n" },
      { type: "subnet", id: "s" },
      { type: "vpc", id: "v" },
    );
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.mutations.map(({ at }) => at - EXPIRY)).toEqual([0, 0, 0, 0, 0]);
  });

  it("looks at what is on its way out soon, then ever less often, and soon again after each change", async () => {
    const aws = small(
      { type: "nat", id: "n", deleteMs: 14 * SECOND },
      { type: "subnet", id: "s", needs: ["nat n"], deleteMs: 0.8 * SECOND },
    );
    const looks: number[] = [];
    aws.before = (name) => {
      if (name === "nat.look" || name === "subnet.look") looks.push(aws.now - EXPIRY);
    };
    expect((await pass(aws)).kind).toBe("done");
    const waits = looks.map((at, i) => (at - (looks[i - 1] ?? 0)) / SECOND);
    // Accepted; seen going; no change four times; gone, and the subnet accepted in the same instant; as before.
    const wanted = [0.5, 0.5, 1, 2, 4, 5, 5, 0.5, 0.5];
    expect(waits).toHaveLength(wanted.length);
    waits.forEach((wait, i) => expect(Math.abs(wait / wanted[i]! - 1)).toBeLessThanOrEqual(0.1));
  });

  it("does not ask without a pause for what AWS refuses", async () => {
    const aws = small({ type: "nat", id: "n", refusals: Array(5).fill({ kind: "blocked", by: ["x"] }) });
    expect((await pass(aws)).kind).toBe("done");
    const times = aws.mutations.map(({ at }) => at);
    expect(new Set(times).size).toBe(6);
  });

  it("keeps the listings of its proof thirty seconds apart, to the millisecond", async () => {
    const aws = small({ type: "nat", id: "n" });
    const listed: number[] = [];
    aws.before = (name) => {
      if (name === "residual.list") listed.push(aws.now);
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(listed).toEqual([EXPIRY, EXPIRY + 30 * SECOND]);
  });

  it("looks before it asks again: what timed out may have succeeded", async () => {
    const aws = small({ type: "nat", id: "n" });
    aws.after = (name) => {
      if (name === "nat.remove") throw named("TimeoutError");
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.mutations).toHaveLength(1);
  });

  it("lists again while it waits: what went by itself is not asked to go", async () => {
    const aws = small({ type: "nat", id: "n", deleteMs: 2 * MINUTE }, { type: "subnet", id: "s" });
    aws.before = (name) => {
      if (name === "nat.look") aws.resources.delete("subnet s");
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.mutations.map(({ key }) => key)).toEqual(["nat n"]);
    expect(
      aws.audit.find(({ resource, action }) => action === "gone" && resource === "subnet s"),
    ).toMatchObject({
      outcome: "gone with another",
      at: expect.any(Number) as number,
    });
    expect(aws.done[0]!.proof.deleted).toEqual({ nat: 1, subnet: 1 });
  });

  it("does not take for gone what a list that failed leaves out", async () => {
    const aws = small(
      { type: "nat", id: "n", deleteMs: 2 * MINUTE },
      { type: "subnet", id: "s", needs: ["nat n"] },
    );
    let lists = 0;
    aws.before = (name) => {
      if (name === "subnet.list" && (lists += 1) > 1 && aws.now < EXPIRY + 100 * SECOND)
        throw named("InternalError");
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(lists).toBeGreaterThan(2);
    const gone = aws.audit.filter(({ action }) => action === "gone").map(({ resource }) => resource);
    expect(gone).toEqual(["nat n", "subnet s"]);
  });
});

it("polls at other moments than a pass over another environment that began at the same time", async () => {
  const pollsOf = async (environment: string) => {
    const aws = new FakeAws(TYPES);
    const warned = { warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - HOUR) };
    aws.register(recordOf({ environment, phase: "WARNED", ...warned }));
    aws.add({ type: "nat", id: "nat", environment, deleteMs: MINUTE }, "managed");
    aws.now = EXPIRY;
    const world = aws.world();
    const polls: number[] = [];
    const sleep = (ms: number) => {
      polls.push(ms);
      return world.ports.clock.sleep(ms);
    };
    await runPass(
      { ...world, ports: { ...world.ports, clock: { ...world.ports.clock, sleep } } },
      { environment },
    );
    return polls;
  };
  const [one, other] = await Promise.all([pollsOf("pr-1"), pollsOf("pr-2")]);
  expect(one.length).toBeGreaterThan(10);
  // Only the half minute between the two listings of the proof is the same.
  expect(one.filter((ms, i) => ms === other[i])).toEqual(Array(6).fill(5 * SECOND));
});
