import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { typicalAws } from "../../../support/reaper-graphs";
import { drive } from "../../../support/reaper-driver";
import { HOUR, MINUTE, named, recordOf, SECOND } from "../../../support/reaper-values";

import { EXPIRY, expiredAws, pass, sent, small } from "../../../support/reaper-passes";

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

  it("reports what went between two passes as well: a database that outlived the first", async () => {
    const aws = small(
      { type: "nat", id: "n" },
      { type: "service", id: "database", deleteMs: 90 * SECOND },
      { type: "lb", id: "l", deleteMs: 90 * SECOND },
    );
    expect(await pass(aws, {}, 100 * SECOND)).toMatchObject({
      kind: "unfinished",
      left: ["lb l", "service database"],
    });
    expect(aws.records.get("pr-1")!.deleted).toEqual({ nat: 1 });
    aws.now = EXPIRY + 3 * MINUTE;
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.done[0]!.proof.deleted).toEqual({ lb: 1, nat: 1, service: 1 });
    const { subject, text } = aws.notices.at(-1)!;
    expect(subject).toMatch(/^pr-1 is deleted: 3 resources in 3 min/);
    expect(text).toContain("Deleted (3):\n  1 x lb\n  1 x nat\n  1 x service\n");
    const gone = aws.audit.filter(({ outcome }) => outcome === "gone since the last pass");
    expect(gone.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      "gone lb l",
      "gone service database",
    ]);
    expect(aws.unfinished.get("pr-1")).toEqual([]);
  });

  it("comes back by a schedule when the time ends between the two listings", async () => {
    const aws = small();
    expect((await pass(aws, {}, 45 * SECOND)).kind).toBe("unfinished");
    const { rearm } = aws.schedules.get("pr-1")!;
    expect(rearm).toBe(aws.now + MINUTE);
    expect(aws.records.get("pr-1")).toMatchObject({ phase: "DELETING", idlePasses: 0 });
    expect((await pass(aws)).kind).toBe("done");
    expect(aws.schedules.has("pr-1")).toBe(false);
  });

  it("says why when the schedules may not be deleted", async () => {
    const aws = small();
    aws.before = (name) => {
      if (name === "schedules.deleteAll") throw named("AccessDeniedException");
    };
    await drive(aws, { untilMs: 6 * HOUR });
    expect(aws.done).toEqual([]);
    expect(aws.notices.at(-1)!.text).toContain("deleting the schedules: AccessDeniedException");
  });

  it("comes back by a schedule when the second listing stays incomplete", async () => {
    const aws = small();
    const world = aws.world();
    let lists = 0;
    const list = async () => ({
      items: [],
      tombstones: [],
      unproven: [],
      errors: (lists += 1) > 1 ? ["AccessDenied"] : [],
    });
    const blind = { ...world, ports: { ...world.ports, residual: { list } } };
    expect(await runPass(blind, { environment: "pr-1" })).toMatchObject({ kind: "unfinished", left: [] });
    expect(aws.records.get("pr-1")!.lastError).toBe("AccessDenied");
    expect(aws.schedules.get("pr-1")).toEqual({ rearm: aws.now + MINUTE });
    expect(aws.done).toEqual([]);
    expect((await pass(aws)).kind).toBe("done");
  });

  it("deletes a schedule that another pass armed between the two listings", async () => {
    const aws = small();
    let lists = 0;
    aws.before = (name) => {
      if (name === "residual.list" && (lists += 1) === 2)
        aws.schedules.set("pr-1", { rearm: aws.now + MINUTE });
    };
    expect((await pass(aws)).kind).toBe("done");
    expect(lists).toBe(3);
    expect(aws.schedules.has("pr-1")).toBe(false);
  });

  it("goes back when something appears between the two listings", async () => {
    const aws = small();
    let lists = 0;
    aws.before = (name) => {
      if (name === "residual.list" && (lists += 1) === 2)
        aws.add({ type: "nat", id: "late", environment: "pr-1" });
    };
    expect(await pass(aws)).toMatchObject({ kind: "unfinished", left: ["nat late"] });
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
    ).rejects.toThrow("the state is not emptied: 412");
    expect(sent(aws)).toEqual(["failure: pr-1 is not deleted: state-lock"]);
    expect(aws.done).toEqual([]);
    expect(aws.locks.size).toBe(1);
  });

  it("empties the state that was the inventory, and no other", async () => {
    const aws = small();
    const world = aws.world();
    const { discovery, sessions } = world.ports;
    let listed: string | undefined;
    const ports: typeof world.ports = {
      ...world.ports,
      discovery: {
        ...discovery,
        scan: async (record) => ({ ...(await discovery.scan(record)), stateVersion: "etag-7" }),
      },
      sessions: {
        open: async (env, access) => {
          const session = await sessions.open(env, access);
          const reset: typeof session.state.reset = (ref, environment, at, version) => {
            listed = version;
            return session.state.reset(ref, environment, at, version);
          };
          return { ...session, state: { reset } };
        },
      },
    };
    expect((await runPass({ ...world, ports }, { environment: "pr-1" })).kind).toBe("done");
    expect(listed).toBe("etag-7");
  });

  it("leaves the state alone when another pass took over between the listings", async () => {
    const aws = small();
    let lists = 0;
    aws.before = (name) => {
      if (name !== "residual.list" || (lists += 1) !== 2) return;
      const record = aws.records.get("pr-1")!;
      aws.records.set("pr-1", { ...record, token: record.token + 1, leaseOwner: "other" });
    };
    const actions: string[] = [];
    aws.after = (name) => {
      if (name === "state.reset" || name === "lock.acquire") actions.push(name);
    };
    expect(await pass(aws)).toEqual({
      kind: "nothing",
      reason: "another pass has the lease",
      deletionBegan: true,
    });
    expect(actions).toEqual(["lock.acquire"]);
    expect(aws.state.get(recordOf().stateRef.key)!.serial).toBe(7);
  });

  it("leaves the state alone when someone broke our lock and took their own", async () => {
    const aws = small();
    const { key } = recordOf().stateRef;
    let lists = 0;
    aws.before = (name) => {
      if (name === "residual.list" && (lists += 1) === 2)
        aws.locks.set(key, { id: "theirs", who: "dev@host" });
    };
    await expect(pass(aws)).rejects.toThrow(
      "the state is not emptied: our lock is gone, and dev@host has one (theirs)",
    );
    expect(aws.state.get(key)!.serial).toBe(7);
    expect(aws.locks.get(key)!.id).toBe("theirs");
    expect(sent(aws)).toEqual(["failure: pr-1 is not deleted: state-lock"]);
    aws.locks.clear();
    expect((await pass(aws)).kind).toBe("done");
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

describe("an account in which deletion is not enabled", () => {
  it("gets one plan of what would be deleted, no warning, and nothing is touched", async () => {
    const aws = typicalAws();
    aws.deletionEnabled = false;
    await drive(aws, { untilMs: 9 * HOUR });
    expect(aws.notices.map(({ kind, subject }) => `${kind}: ${subject}`)).toEqual([
      "alarm: pr-1 expired, but deletion is not enabled in this account",
    ]);
    expect(aws.notices[0]!.text).toContain("13 resources would be deleted");
    expect(aws.notices[0]!.text).toContain("npx automock bootstrap --enable-deletion");
    expect(aws.notices[0]!.text).toContain("  deletion: deletion is not enabled in this account and region");
    expect(aws.records.get("pr-1")).toMatchObject({ phase: "EXPIRED" });
    expect(aws.mutations).toEqual([]);
    expect(aws.locks.size).toBe(0);
  });

  it("warns once deletion is enabled, and deletes 55 minutes later", async () => {
    const aws = typicalAws();
    aws.deletionEnabled = false;
    await drive(aws, { untilMs: 9 * HOUR });
    aws.deletionEnabled = true;
    await drive(aws, { untilMs: 12 * HOUR });
    expect(aws.done).toHaveLength(1);
    expect(aws.violations).toEqual([]);
    const { at } = aws.notices.find(({ kind }) => kind === "warning")!;
    expect(aws.mutations[0]!.at - at).toBeGreaterThanOrEqual(55 * MINUTE);
  });

  it("forgets a warning that was sent before deletion was disabled", async () => {
    const aws = expiredAws();
    aws.deletionEnabled = false;
    await pass(aws);
    expect(aws.records.get("pr-1")).not.toHaveProperty("warnedAt");
    aws.deletionEnabled = true;
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", refusals: [{ gate: "warned" }] });
    expect(aws.mutations).toEqual([]);
  });

  it("stops a cleanup that died after its first deletion", async () => {
    const aws = expiredAws();
    const { expiresAt } = aws.records.get("pr-1")!;
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, phase: "DELETING", firstDeleteAt: expiresAt });
    aws.deletionEnabled = false;
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", refusals: [{ gate: "deletion" }] });
    expect(sent(aws).at(-1)).toBe("failure: pr-1 is kept, but its deletion had begun");
    expect(await pass(aws)).toMatchObject({ kind: "planned" });
    expect(aws.records.get("pr-1")!.phase).toBe("EXPIRED");
    expect(aws.mutations).toEqual([]);
  });

  it("stops a cleanup before its next round when deletion is disabled meanwhile", async () => {
    const aws = expiredAws();
    aws.after = (name) => {
      if (name === "nat.remove") aws.deletionEnabled = false;
    };
    expect(await pass(aws)).toMatchObject({ kind: "stoodDown", refusals: [{ gate: "deletion" }] });
    const removed = aws.mutations.filter(({ action }) => action === "remove").length;
    expect(removed).toBeGreaterThan(0);
    expect(aws.presentOf("pr-1").length).toBeGreaterThan(0);
    expect(aws.locks.size).toBe(0);
    expect(sent(aws).at(-1)).toBe("failure: pr-1 is kept, but its deletion had begun");
    await drive(aws, { untilMs: 9 * HOUR });
    expect(aws.mutations.filter(({ action }) => action === "remove")).toHaveLength(removed);
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
