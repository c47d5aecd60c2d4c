import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { drive } from "../../../support/reaper-driver";
import { HOUR, MINUTE, named, SECOND } from "../../../support/reaper-values";

import { EXPIRY, expiredAws, pass, sent, small } from "../../../support/reaper-passes";

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

  it("without a list of VPCs: the record's own VPC proves nothing, and what services made in it stays", async () => {
    const aws = expiredAws();
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, vpcId: "pr-1:vpc" });
    const world = aws.world();
    const { discovery } = world.ports;
    const scan: typeof discovery.scan = async (record) => ({
      ...(await discovery.scan(record)),
      vpcs: [],
      errors: ["describing VPCs: InternalError"],
    });
    const blind = { ...world, ports: { ...world.ports, discovery: { ...discovery, scan } } };
    await runPass(blind, { environment: "pr-1" });
    expect(aws.present().map(({ id }) => id)).toContain("pr-1:eni");
    expect(aws.done).toEqual([]);
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
      lastError: "aws_new_thing aws_new_thing.x: UNSUPPORTED_TYPE: the reaper cannot delete this type",
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

  it("with one list that fails, and nothing left to see: is not done, whatever the independent listing says", async () => {
    const aws = small({ type: "nat", id: "n" });
    aws.before = (name) => {
      if (name === "lb.list") throw named("InternalError");
    };
    expect(await pass(aws)).toMatchObject({ kind: "unfinished", left: [] });
    expect(aws.present()).toEqual([]);
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: EXPIRY + MINUTE });
    aws.before = () => undefined;
    expect((await pass(aws)).kind).toBe("done");
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
    const aws = small({ type: "sg", id: "s", never: { kind: "blocked", by: ["eni-of-someone"] } });
    await drive(aws, { untilMs: 8 * HOUR });
    const last = aws.notices.at(-1)!;
    expect(last.kind).toBe("failure");
    expect(last.text).toMatch(/sg s: not gone after 6\d min \(blocked\); blocked by eni-of-someone/);
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
  });

  it("on its way out for ever, though nobody asked: stuck, with what it holds up", async () => {
    // An interface that someone attached by hand: not ours to delete, and in use as long as they like.
    const aws = small({ type: "eni", id: "e", usedBy: "instance i-1" }, { type: "subnet", id: "s" });
    aws.resources.get("eni e")!.goneAt = Infinity;
    await drive(aws, { untilMs: 8 * HOUR });
    expect(aws.mutations).toEqual([]);
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
    expect(aws.notices[1]!.text).toMatch(
      /eni e: not gone after 6\d min \(on its way out, or in use\); blocked by instance i-1/,
    );
    expect(aws.records.get("pr-1")!.phase).toBe("STUCK");
    expect(aws.locks.size).toBe(0);
    expect(aws.unfinished.get("pr-1")).toMatchObject([
      { id: "e", firstSeen: EXPIRY + 7 * MINUTE },
      { id: "s", blockedBy: ["eni e"] },
    ]);
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

  it("to prepare: nothing is deleted before it is prepared, and a part that is gone is not an obstacle", async () => {
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

  it("gone, but listed for a while: asked again with pauses that grow, and counted once", async () => {
    const gone = { kind: "gone" as const };
    const aws = small({ type: "nat", id: "n", refusals: [gone, gone, gone] }, { type: "lb", id: "l" });
    expect((await pass(aws)).kind).toBe("done");
    const at = aws.mutations.filter(({ key }) => key === "nat n").map((one) => one.at);
    const gaps = at.slice(1).map((one, index) => (one - at[index]!) / SECOND);
    expect(gaps).toHaveLength(3);
    gaps.forEach((gap, i) => {
      expect(gap).toBeGreaterThanOrEqual(2 ** (i + 1));
      expect(gap).toBeLessThan(2 ** (i + 1) + 5.5);
    });
    expect(aws.done[0]!.proof.deleted).toEqual({ lb: 1, nat: 1 });
    expect(aws.notices.at(-1)!.text).toContain("Deleted (2):\n  1 x lb\n  1 x nat\n");
  });

  it("gone, but listed for ever: stuck after a few tries, not asked until the time is over", async () => {
    const aws = small({ type: "nat", id: "n", never: { kind: "gone" } });
    expect(await pass(aws)).toMatchObject({
      kind: "stuck",
      stuck: [{ key: "nat n", reason: "gone 6 times, but still listed" }],
    });
    expect(aws.mutations).toHaveLength(6);
    expect(aws.now).toBeLessThan(aws.mutations[0]!.at + 2 * MINUTE);
    expect(aws.records.get("pr-1")).toMatchObject({ phase: "STUCK", deleted: { nat: 0 } });
    expect(sent(aws)).toEqual(["failure: pr-1 cannot be deleted: 1 problems"]);
  });

  it("accepted but without effect: asked again", async () => {
    const aws = small({ type: "nat", id: "n", refusals: [{ kind: "accepted" }] });
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.mutations).toHaveLength(2);
    expect(aws.mutations[1]!.at - aws.mutations[0]!.at).toBeGreaterThanOrEqual(30 * SECOND);
  });
});
