import { newLife } from "../../../../contract/new-life";
import { parseRecord } from "../../../../contract/registry";
import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { runTick } from "../../../../lambda/ttl-cleanup/core/tick";
import { drive } from "../../../support/reaper-driver";
import { FakeAws } from "../../../support/reaper-fakes";
import { TYPES } from "../../../support/reaper-graphs";
import { HOUR, iso, MINUTE, recordOf, T0, testRecordOf } from "../../../support/reaper-values";

const RUN = "orders-k3f9aa";
const EXPIRY = T0 + 30 * MINUTE;

/** A dead run with two resources, and a living one. */
function deadRun(...changes: Parameters<typeof testRecordOf>): FakeAws {
  const aws = new FakeAws(TYPES);
  aws.register(testRecordOf(...changes));
  aws.register(testRecordOf({ environment: "orders-zzzzzz", expiresAt: iso(T0 + 4 * HOUR) }));
  const tags = (environment: string) => ({
    "automock:system": "test",
    "automock:environment": environment,
    "automock:ephemeral": "true",
  });
  for (const environment of [RUN, "orders-zzzzzz"]) {
    for (const type of ["service", "role"]) {
      aws.add({ type, id: `test-${environment}-${type}`, environment, tags: tags(environment) });
    }
  }
  return aws;
}

describe("a test run", () => {
  it("is registered without a schedule, a warning or a call but the read of its record", async () => {
    const aws = deadRun();
    const { calls } = aws;
    expect(await reap(aws.world(), { kind: "stream", environment: RUN })).toEqual({
      kind: "environment",
      environment: RUN,
      result: { kind: "nothing", reason: "a test run" },
    });
    expect(aws.calls - calls).toBe(1);
    expect(aws.schedules.get(RUN)).toEqual({});
  });

  it("that is dead is deleted by the tick after its expiry, without lock, mail or schedule; its twin lives", async () => {
    const aws = deadRun();
    const used: string[] = [];
    aws.before = (name) => void used.push(name);
    const { errors } = await drive(aws, { untilMs: 2 * HOUR });
    expect(errors).toEqual([]);
    expect(aws.presentOf(RUN)).toEqual([]);
    expect(aws.presentOf("orders-zzzzzz")).toHaveLength(2);
    expect(aws.done).toHaveLength(1);
    expect(aws.done[0]!.record).toMatchObject({ environment: RUN, kind: "test", ttlMinutes: 30 });
    expect(aws.done[0]!.at - EXPIRY).toBeLessThan(65 * MINUTE);
    expect(aws.notices).toEqual([]);
    expect(used.filter((name) => /^(lock|schedules|notifier|state)\./.test(name))).toEqual([]);
    expect(aws.violations).toEqual([]);
  });

  it("is not deleted before its expiry or in the first quarter of an hour", async () => {
    const aws = deadRun({ ttlMinutes: 10, expiresAt: iso(T0 + 10 * MINUTE) });
    for (const [minutes, gates] of [
      [9, ["expired", "minimum-age"]],
      [14, ["minimum-age"]],
    ] as const) {
      aws.now = T0 + minutes * MINUTE;
      const result = await runPass(aws.world(), { environment: RUN });
      expect(result).toMatchObject({ kind: "stoodDown", refusals: gates.map((gate) => ({ gate })) });
    }
    expect(aws.mutations).toEqual([]);
    expect(aws.schedules.get(RUN)).toEqual({});
    aws.now = T0 + 15 * MINUTE;
    expect(await runPass(aws.world(), { environment: RUN })).toMatchObject({ kind: "done" });
  });

  it("that its owner extends meanwhile is kept", async () => {
    const aws = deadRun();
    aws.now = EXPIRY + MINUTE;
    aws.before = (name) => {
      if (name !== "discovery.scan") return;
      aws.records.set(RUN, { ...aws.records.get(RUN)!, expiresAt: iso(EXPIRY + HOUR) });
    };
    expect(await runPass(aws.world(), { environment: RUN })).toMatchObject({ kind: "stoodDown" });
    expect(aws.mutations).toEqual([]);
    expect(aws.notices).toEqual([]);
  });

  it("whose deletion is stopped half-way is said to be so, without a word of Terraform", async () => {
    const aws = deadRun();
    aws.now = EXPIRY + MINUTE;
    aws.after = (name) => {
      if (name === "service.remove") aws.deletionEnabled = false;
    };
    expect(await runPass(aws.world(), { environment: RUN })).toMatchObject({ kind: "stoodDown" });
    expect(aws.notices.map(({ subject }) => subject)).toEqual([`${RUN} is kept, but its deletion had begun`]);
    expect(aws.notices[0]!.text).toContain(`npx automock test-env down ${RUN}`);
    expect(aws.notices[0]!.text).not.toMatch(/Terraform|deploy/);
  });

  it.each([
    ["nobody has decided about deletion", undefined, "done"],
    ["deletion is enabled", true, "done"],
    ["deletion is disabled", false, "stoodDown"],
  ])("when %s", async (_what, enabled, kind) => {
    const aws = deadRun();
    aws.deletionEnabled = enabled;
    aws.now = EXPIRY + MINUTE;
    expect(await runPass(aws.world(), { environment: RUN })).toMatchObject({ kind });
    expect(aws.notices).toEqual([]);
    expect(aws.presentOf(RUN)).toHaveLength(kind === "done" ? 0 : 2);
  });

  it("keeps a stack of the same account in dry run", async () => {
    const aws = deadRun();
    aws.register(recordOf());
    aws.add({ type: "service", id: "pr-1:service", environment: "pr-1" });
    aws.deletionEnabled = undefined;
    aws.now = T0 + 5 * HOUR;
    await runTick(aws.world());
    expect(aws.presentOf("pr-1")).toHaveLength(1);
    expect(aws.presentOf(RUN)).toEqual([]);
  });

  it("that cannot be deleted ends in one mail with the commands of test runs", async () => {
    const aws = deadRun();
    aws.resources.get(`service test-${RUN}-service`)!.refusals?.splice(0);
    Object.assign(aws.resources.get(`service test-${RUN}-service`)!, {
      never: { kind: "denied", error: "AccessDenied" },
    });
    await drive(aws, { untilMs: 5 * HOUR });
    const [mail, ...more] = aws.notices.filter(({ environment }) => environment === RUN);
    expect(more).toEqual([]);
    expect(mail!.kind).toBe("failure");
    expect(mail!.text).toContain(`npx automock test-env show ${RUN}`);
    expect(mail!.text).toContain(`npx automock test-env down ${RUN}`);
    expect(mail!.text).not.toMatch(/Terraform|automock (reap|destroy)|runbook/i);
  });

  it.each([50])("%i dead ones are deleted by one tick", async (count) => {
    const aws = new FakeAws(TYPES);
    const letters = "abcdefghijkmnpqrstuvwxyz23456789";
    for (let i = 0; i < count; i++) {
      const environment = `orders-aaaa${letters[i >> 5]}${letters[i & 31]}`;
      aws.register(testRecordOf({ environment }));
      const tags = { "automock:environment": environment, "automock:ephemeral": "true" };
      aws.add({ type: "service", id: `test-${environment}`, environment, tags });
    }
    aws.now = EXPIRY + MINUTE;
    await runTick(aws.world());
    expect(aws.present()).toEqual([]);
    expect(aws.done).toHaveLength(count);
  });
});

describe("resources of a test run without a record", () => {
  const orphan = (present: boolean) => {
    const aws = deadRun();
    aws.records.delete(RUN);
    const world = aws.world();
    const { discovery } = world.ports;
    const ghosts = {
      ...discovery,
      names: async () => [RUN],
      tagged: async () => [{ arn: "arn:ghost", system: "test" }],
    };
    return { aws, world: present ? world : { ...world, ports: { ...world.ports, discovery: ghosts } } };
  };

  it("are counted and not deleted", async () => {
    const { aws, world } = orphan(true);
    await runTick(world);
    expect(aws.metrics.OrphansFound).toBe(2);
    expect(aws.mutations).toEqual([]);
  });

  it("are not counted when only the tag index still has them", async () => {
    const { aws, world } = orphan(false);
    for (const { type } of aws.presentOf(RUN)) aws.resources.delete(`${type} test-${RUN}-${type}`);
    await runTick(world);
    expect(aws.metrics.OrphansFound).toBe(0);
  });
});

describe("the record of a test run", () => {
  const item = { ...testRecordOf() } as Record<string, unknown>;

  it("is valid without a state and hours", () => expect(parseRecord(item)).toMatchObject({ kind: "record" }));

  it.each([
    ["system", "automock", 'system is "automock"; allowed: test'],
    ["environment", "pr-123", 'environment is "pr-123"; allowed: the id of a test run such as orders-k3f9aa'],
    ["ttlMinutes", 9, "ttlMinutes is 9; allowed: whole minutes from 10 to 240"],
    ["ttlMinutes", undefined, "ttlMinutes is missing; allowed: whole minutes from 10 to 240"],
    ["kind", "run", 'kind is "run"; allowed: stack, test or nothing, which means stack'],
  ])("with %s %j is refused", (name, value, fault) => {
    const parsed = parseRecord({ ...item, [name]: value });
    expect(parsed).toMatchObject({ kind: "invalid" });
    expect(parsed.kind === "invalid" && parsed.faults).toContain(fault);
  });

  it("of a stack needs its state", () => {
    const { stateRef: _state, ...stack } = recordOf();
    expect(parseRecord({ ...stack })).toMatchObject({ kind: "invalid" });
    expect(parseRecord({ ...recordOf(), kind: "stack" })).toMatchObject({ kind: "record" });
  });

  it("stays one in a new life", () =>
    expect(newLife(testRecordOf(), T0 + HOUR, T0)).toMatchObject({ kind: "test", ttlMinutes: 30, token: 0 }));
});
