import type { ReaperConfig } from "../../../../lambda/ttl-cleanup/core/config";
import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { drive } from "../../../support/reaper-driver";
import { FakeAws, HOUR, iso, MINUTE, named, recordOf, SECOND, T0 } from "../../../support/reaper-fakes";
import { typicalAws, TYPES } from "../../../support/reaper-graphs";

const EXPIRY = T0 + 4 * HOUR;
const WARNED = { phase: "WARNED" as const, warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - 62 * MINUTE) };

/** Warned in time, and just expired. */
function expiredAws(aws = typicalAws()): FakeAws {
  aws.records.set("pr-1", { ...recordOf(), ...WARNED });
  aws.notices.push({ at: EXPIRY - 62 * MINUTE, kind: "warning", environment: "pr-1", subject: "", text: "" });
  aws.now = EXPIRY;
  return aws;
}

/** An expired environment with these resources alone, all managed in its state. */
function small(...resources: Parameters<FakeAws["add"]>[0][]): FakeAws {
  const aws = new FakeAws(TYPES);
  aws.register(recordOf());
  expiredAws(aws);
  for (const one of resources) aws.add({ environment: "pr-1", ...one }, "managed");
  return aws;
}

const pass = (aws: FakeAws, config: Partial<ReaperConfig> = {}, limitMs = 15 * MINUTE) =>
  runPass(aws.world(config, limitMs), { environment: "pr-1" });

const sent = (aws: FakeAws) => aws.notices.slice(1).map(({ kind, subject }) => `${kind}: ${subject}`);

describe("who works", () => {
  it("nobody without a record", async () =>
    expect(await pass(new FakeAws([]))).toEqual({ kind: "nothing", reason: "there is no record" }));

  it("nobody while another has the lease; anybody when it is over", async () => {
    const aws = small();
    const record = aws.records.get("pr-1")!;
    aws.records.set("pr-1", { ...record, leaseOwner: "other", leaseUntilMs: EXPIRY + MINUTE });
    expect(await pass(aws)).toEqual({ kind: "nothing", reason: "another pass has the lease" });
    aws.now = EXPIRY + MINUTE;
    expect((await pass(aws)).kind).toBe("done");
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
    expect(await pass(aws)).toEqual({ kind: "nothing", reason: "another pass has the lease" });
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

  it("older than two hours is told once, with the way out", async () => {
    const aws = expiredAws();
    const created = EXPIRY - 2 * HOUR - MINUTE;
    aws.locks.set("automock/pr-1/terraform.tfstate", { id: "tf", who: "dev@host", created });
    await pass(aws);
    await pass(aws);
    expect(sent(aws)).toEqual(["failure: pr-1 is not deleted: state-lock"]);
    expect(aws.notices[1]!.text).toContain("terraform force-unlock tf");
    expect(aws.metrics.CleanupFailed).toBe(2);
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
    expect(aws.records.get("pr-1")!.phase).toBe("WARNED");
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

describe("the inventory", () => {
  it("without a readable state: deletes nothing, comes back, and says so after three passes", async () => {
    const aws = expiredAws();
    const world = aws.world();
    const scan = async () => ({
      state: "unreadable" as const,
      tagged: new Map(),
      unknownArns: [],
      vpcs: [],
      errors: ["AccessDenied"],
    });
    const blind = { ...world, ports: { ...world.ports, discovery: { ...world.ports.discovery, scan } } };
    for (const kind of ["unfinished", "unfinished", "stuck", "stuck"]) {
      expect((await runPass(blind, { environment: "pr-1" })).kind).toBe(kind);
    }
    expect(aws.mutations).toEqual([]);
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
    expect(aws.notices[1]!.text).toContain("the Terraform state cannot be read: AccessDenied");
    expect(aws.locks.size).toBe(0);
  });

  it("with a type nobody handles: deletes the rest, is never done, and names it", async () => {
    const aws = small({ type: "nat", id: "n" });
    aws.state.get("automock/pr-1/terraform.tfstate")!.resources.push({
      address: "aws_new_thing.x",
      terraformType: "aws_new_thing",
      mode: "managed",
      handledBy: "unsupported",
      ids: ["x"],
    });
    await drive(aws, { untilMs: 8 * HOUR });
    expect(aws.present()).toEqual([]);
    expect(aws.done).toEqual([]);
    expect(aws.records.get("pr-1")).toMatchObject({
      phase: "STUCK",
      lastError: "aws_new_thing aws_new_thing.x: UNSUPPORTED_TYPE: no handler knows it",
    });
    expect(aws.state.get("automock/pr-1/terraform.tfstate")!.serial).toBe(7);
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
  });

  it("with one list that fails: goes on with the others and is not done", async () => {
    const aws = small({ type: "nat", id: "n" }, { type: "lb", id: "l" });
    aws.before = (name) => {
      if (name === "lb.list") throw named("InternalError");
    };
    await drive(aws, { untilMs: 8 * HOUR });
    expect(aws.present().map(({ id }) => id)).toEqual(["l"]);
    expect(aws.done).toEqual([]);
    expect(aws.metrics.DiscoveryErrors).toBeGreaterThan(3);
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
    aws.before = () => undefined;
    await drive(aws, { untilMs: 12 * HOUR });
    expect(aws.done).toHaveLength(1);
  });

  it("with something held: deletes the rest, names what it holds up, and waits", async () => {
    const aws = small(
      { type: "eni", id: "e", tags: { "automock:protected": "true" } },
      { type: "subnet", id: "s" },
      { type: "nat", id: "n" },
      { type: "role", id: "r" },
    );
    await drive(aws, { untilMs: 6 * HOUR });
    expect(aws.present().map(({ id }) => id)).toEqual(["e", "s", "r"]);
    expect(aws.notices[1]!.text).toContain("eni e: held: tag automock:protected=true");
    expect(aws.unfinished.get("pr-1")!.map(({ id, status, blockedBy }) => [id, status, blockedBy])).toEqual([
      ["e", "held", ["tag automock:protected=true"]],
      ["r", "waiting", ["eni e", "subnet s"]],
      ["s", "waiting", ["eni e"]],
    ]);
    expect(aws.locks.size).toBe(0);
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

describe("refusals", () => {
  it("denied: three passes, then stuck, retried by every tick", async () => {
    const aws = small({ type: "nat", id: "n", never: { kind: "denied", error: "AccessDenied: no" } });
    await drive(aws, { untilMs: 6 * HOUR });
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
    const [first = 0, ...later] = aws.mutations.map((one) => one.at);
    // Twice more at once, then with the ticks alone.
    expect(later.map((at) => Math.round((at - first) / MINUTE))).toEqual([1, 2, 60]);
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
    expect(aws.notices[1]!.text).toContain("nat n: denied: AccessDenied: no");
    // The metric goes on counting as long as the alarm should stand.
    expect(aws.metrics.CleanupFailed).toBe(2);
  });

  it("a fault of ours: said at once, not tried again in the same pass", async () => {
    const aws = small({ type: "nat", id: "n", never: { kind: "bug", error: "ValidationException: x" } });
    expect(await pass(aws)).toMatchObject({
      kind: "stuck",
      stuck: [{ key: "nat n", reason: "refused: ValidationException: x" }],
    });
    expect(aws.mutations).toHaveLength(1);
  });

  it("blocked for longer than its type takes: stuck, with what blocks it", async () => {
    const aws = small({ type: "sg", id: "s", never: { kind: "blocked", by: ["eni-of-somebody"] } });
    await drive(aws, { untilMs: 8 * HOUR });
    const last = aws.notices.at(-1)!;
    expect(last.kind).toBe("failure");
    expect(last.text).toMatch(/sg s: not gone after 6\d min \(blocked\); blocked by eni-of-somebody/);
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
  });

  it("throttled: asked again with pauses that grow", async () => {
    const throttled = { kind: "throttled" as const, error: "Throttling" };
    const aws = small({ type: "nat", id: "n", refusals: Array.from({ length: 5 }, () => throttled) });
    expect((await pass(aws)).kind).toBe("done");
    const at = aws.mutations.map((one) => one.at);
    const gaps = at.slice(1).map((one, index) => one - at[index]!);
    expect(gaps).toHaveLength(5);
    expect(gaps.at(-1)!).toBeGreaterThanOrEqual(32 * SECOND);
    expect(gaps[0]!).toBeLessThan(7 * SECOND);
    expect(aws.metrics.Throttles).toBe(5);
  });

  it("while looking: throttled, denied and gone are told apart", async () => {
    const aws = small(
      { type: "nat", id: "n", deleteMs: 20 * SECOND },
      { type: "lb", id: "l", deleteMs: HOUR },
    );
    const errors = [named("Throttling"), named("AccessDenied")];
    aws.before = (name) => {
      const error = name === "nat.look" && errors.shift();
      if (error) throw error;
      // Describe knows nothing of it any more, which is as good as absent.
      if (name === "lb.look") {
        aws.resources.delete("lb l");
        throw named("LoadBalancerNotFound");
      }
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.metrics.Throttles).toBe(1);
    expect(aws.done[0]!.proof.deleted).toEqual({ nat: 1, lb: 1 });
  });

  it("to prepare: nothing is removed before it is prepared, and a part that is gone is no obstacle", async () => {
    const aws = small({ type: "service", id: "s" });
    const errors = [named("UpdateInProgressException"), named("ResourceNotFoundException")];
    aws.before = (name) => {
      const error = name === "service.prepare" && errors.shift();
      if (error) throw error;
    };
    expect((await pass(aws)).kind).toBe("done");
    const outcomes = aws.audit.filter(
      ({ resource, action }) => resource === "service s" && action !== "decide",
    );
    expect(outcomes.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "prepare blocked",
      "prepare accepted",
      "delete gone",
      "gone gone",
    ]);
  });

  it("accepted but without effect: asked again", async () => {
    const aws = small({ type: "nat", id: "n", refusals: [{ kind: "accepted" }] });
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.mutations).toHaveLength(2);
    expect(aws.mutations[1]!.at - aws.mutations[0]!.at).toBeGreaterThanOrEqual(30 * SECOND);
  });
});

describe("the end", () => {
  it("is not reached while the independent listing sees anything", async () => {
    const aws = small({ type: "nat", id: "n" });
    aws.add({ type: "unknown-to-handlers", id: "u", environment: "pr-1" });
    await drive(aws, { untilMs: 6 * HOUR });
    expect(aws.done).toEqual([]);
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
    expect(aws.notices[1]!.text).toContain("still listed: unknown-to-handlers u");
    const phases = aws.audit.filter(({ action }) => action === "phase").map(({ outcome }) => outcome);
    expect(phases.slice(0, 6)).toEqual([
      "WARNED -> EXPIRED",
      "DELETING -> VERIFYING",
      "VERIFYING -> DELETING",
      "DELETING -> VERIFYING",
      "VERIFYING -> DELETING",
      "DELETING -> VERIFYING",
    ]);
    expect(aws.schedules.has("pr-1")).toBe(true);
    expect(aws.state.get("automock/pr-1/terraform.tfstate")!.serial).toBe(7);
  });

  it("waits with the schedule group until there is time, because it wakes us", async () => {
    const aws = small();
    expect((await pass(aws, {}, 170 * SECOND)).kind).toBe("unfinished");
    expect(aws.groupOf("pr-1")).toBe("active");
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: EXPIRY + MINUTE });
    expect((await pass(aws)).kind).toBe("done");
  });

  it("says why when the schedule group may not be deleted", async () => {
    const aws = small();
    aws.before = (name) => {
      if (name === "schedules.deleteGroup") throw named("AccessDeniedException");
    };
    await drive(aws, { untilMs: 6 * HOUR });
    expect(aws.done).toEqual([]);
    expect(aws.groupOf("pr-1")).toBe("active");
    expect(aws.notices.at(-1)!.text).toContain("the schedule group: AccessDeniedException");
  });

  it("throws when time runs out after the group is gone: only a retry wakes us then", async () => {
    const aws = small();
    const world = aws.world();
    let lists = 0;
    const list = async () => ({
      items: [],
      tombstones: [],
      errors: (lists += 1) > 1 ? ["AccessDenied"] : [],
    });
    const blind = { ...world, ports: { ...world.ports, residual: { list } } };
    await expect(runPass(blind, { environment: "pr-1" })).rejects.toThrow(
      "the time is over while verifying: AccessDenied",
    );
    expect(aws.groupOf("pr-1")).toBe("absent");
    expect(aws.done).toEqual([]);
    expect((await pass(aws)).kind).toBe("done");
  });

  it("goes back when something appears between the two listings", async () => {
    const aws = small();
    let lists = 0;
    aws.before = (name) => {
      if (name === "residual.list" && (lists += 1) === 2)
        aws.add({ type: "nat", id: "late", environment: "pr-1" });
    };
    await expect(pass(aws)).rejects.toThrow("came back after the first listing: nat late");
    expect(aws.records.get("pr-1")!.phase).toBe("DELETING");
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.present()).toEqual([]);
  });

  it("stops at a state that was written under our lock", async () => {
    const aws = small();
    const world = aws.world();
    const sessions = world.ports.sessions;
    const open: typeof sessions.open = async (env, access) => ({
      ...(await sessions.open(env, access)),
      state: { reset: async () => ({ kind: "conflict", error: "412" }) },
    });
    await expect(
      runPass({ ...world, ports: { ...world.ports, sessions: { open } } }, { environment: "pr-1" }),
    ).rejects.toThrow("the state was written under our lock: 412");
    expect(sent(aws)).toEqual(["failure: pr-1 is not deleted: state-lock"]);
    expect(aws.done).toEqual([]);
    expect(aws.locks.size).toBe(1);
  });

  it("is not held up for ever by a topic that does not take the notice", async () => {
    const aws = small();
    aws.before = (name) => {
      if (name === "notifier.publish") throw named("NotFound", "no topic");
    };
    await expect(pass(aws)).rejects.toThrow("the completion notice could not be sent");
    expect(aws.done).toEqual([]);
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.metrics.NoticesFailed).toBe(2);
  });

  it("without any state ever applied", async () => {
    const aws = small();
    aws.state.clear();
    const result = await pass(aws);
    expect(result.kind === "done" && result.proof.stateSerial).toBeUndefined();
    expect(aws.notices.at(-1)!.text).toContain("There was no Terraform state.");
  });
});

describe("deletion switched off", () => {
  it("plans and says so once, and touches nothing", async () => {
    const aws = expiredAws();
    expect(await pass(aws, { deletionEnabled: false })).toMatchObject({ kind: "planned" });
    await pass(aws, { deletionEnabled: false });
    expect(aws.mutations).toEqual([]);
    expect(aws.locks.size).toBe(0);
    expect(sent(aws)).toEqual(["alarm: pr-1 expired, but deletion is switched off"]);
    expect(aws.notices[1]!.text).toContain("13 resources would be deleted");
  });
});

describe("a damaged record", () => {
  it("is an alarm, neither deletion nor silence", async () => {
    const aws = expiredAws();
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, expiresAt: "2026-03-01T04:00:00" });
    const result = await reap(aws.world(), { kind: "schedule", name: "expire", environment: "pr-1" });
    expect(result).toMatchObject({ result: { kind: "invalid" } });
    expect(aws.mutations).toEqual([]);
    expect(sent(aws)).toEqual(["alarm: The record of pr-1 cannot be read"]);
    expect(aws.notices[1]!.text).toContain("expiresAt is");
    expect(aws.metrics.RecordsInvalid).toBe(1);
  });
});
