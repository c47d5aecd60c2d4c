/** Defects of the system that this one replaces, each as a test of the core named after it. */
import { parseRecord } from "../../../../contract/registry";
import { drive } from "../../../support/reaper-driver";
import { FakeAws } from "../../../support/reaper-fakes";
import {
  HOUR,
  iso,
  MINUTE,
  named,
  recordOf,
  SECOND,
  T0,
  type FakeResource,
} from "../../../support/reaper-values";
import { typicalAws, TYPES } from "../../../support/reaper-graphs";

const EXPIRY = T0 + 4 * HOUR;

function world(...resources: FakeResource[]): FakeAws {
  const aws = new FakeAws(TYPES);
  aws.register(recordOf());
  for (const one of resources) aws.add({ environment: "pr-1", ...one }, "managed");
  return aws;
}

const nextHours = (aws: FakeAws, hours: number) => drive(aws, { untilMs: hours * HOUR });
const kinds = (aws: FakeAws) => aws.notices.map(({ kind }) => kind);

describe("naive-clock", () => {
  it.each([
    "2026-03-01T04:00:00Z",
    "2026-03-01T04:00:00.250Z",
    "2026-03-01T05:00:00+01:00",
    "2026-02-28T20:00:00-08:00",
  ])("warns and cleans with the expiry %s", async (expiresAt) => {
    const aws = world({ type: "nat", id: "n" });
    aws.records.set("pr-1", recordOf({ expiresAt }));
    await nextHours(aws, 6);
    expect(aws.notices[0]!.at).toBeGreaterThanOrEqual(EXPIRY - 62 * MINUTE);
    expect(aws.notices[0]!.at).toBeLessThan(EXPIRY - 60 * MINUTE);
    expect(aws.done[0]!.at - EXPIRY).toBeLessThan(5 * MINUTE);
  });

  it("an expiry without a zone is an alarm, neither a deletion nor silence", async () => {
    const aws = world({ type: "nat", id: "n" });
    aws.records.set("pr-1", recordOf({ expiresAt: "2026-03-01T04:00:00" }));
    await nextHours(aws, 6);
    expect(aws.mutations).toEqual([]);
    expect(new Set(kinds(aws))).toEqual(new Set(["alarm"]));
  });
});

it("moving-expiry: what the reaper does leaves the expiry alone", async () => {
  const aws = world({ type: "nat", id: "n" });
  const seen = new Set<string>();
  aws.after = () => seen.add(aws.records.get("pr-1")?.expiresAt ?? "done");
  await nextHours(aws, 6);
  expect(seen).toEqual(new Set([iso(EXPIRY), "done"]));
});

it("foreign-eip: an address that nobody uses stays unless it is proven to be the environment's", async () => {
  const aws = world({ type: "eip", id: "ours" });
  aws.add({ type: "eip", id: "unassociated", tags: {} });
  aws.add({ type: "eip", id: "hidden", tags: "unreadable" });
  await nextHours(aws, 6);
  expect(aws.present().map(({ id }) => id)).toEqual(["unassociated", "hidden"]);
  expect(aws.done).toHaveLength(1);
});

it("fixed-sleep: goes on when the gateway is gone, not when a time is over", async () => {
  for (const deleteMs of [0, 20 * SECOND, 4 * MINUTE, 25 * MINUTE]) {
    const aws = world({ type: "nat", id: "n", deleteMs }, { type: "eip", id: "e", needs: ["nat n"] });
    await nextHours(aws, 6);
    const released = aws.mutations.filter(({ key }) => key === "eip e").map(({ at }) => at);
    expect(released).toHaveLength(1);
    expect(aws.mutations).toHaveLength(2);
    expect(released[0]! - EXPIRY).toBeGreaterThanOrEqual(deleteMs);
    expect(released[0]! - EXPIRY).toBeLessThan(deleteMs + 100 * SECOND);
  }
});

it("short-ecs-wait: what contains something still is asked again until it goes", async () => {
  const contains = { kind: "blocked" as const, by: ["ClusterContainsServicesException: draining"] };
  const aws = world({ type: "service", id: "s", refusals: Array.from({ length: 90 }, () => contains) });
  await nextHours(aws, 6);
  expect(aws.mutations.filter(({ action }) => action === "remove")).toHaveLength(91);
  expect(aws.done).toHaveLength(1);
});

it("one-try-vpc: what fails does not keep the rest from going, and rules are revoked before anything waits", async () => {
  const aws = typicalAws();
  aws.add(
    { type: "igw", id: "stubborn", environment: "pr-1", never: { kind: "denied", error: "AccessDenied" } },
    "managed",
  );
  await nextHours(aws, 6);
  expect(aws.presentOf("pr-1").map(({ type }) => type)).toEqual(["vpc", "logs", "role", "igw"]);
  const first = (key: string, action: string) =>
    aws.mutations.findIndex((one) => one.key === key && one.action === action);
  const revoked = aws.mutations[first("sg pr-1:sg", "prepare")]!;
  expect(revoked.at).toBe(aws.mutations[0]!.at);
  expect(first("sg pr-1:sg", "remove")).toBeGreaterThan(first("eni pr-1:eni", "remove"));
});

it("deletes-own-state: state, locks and registry are out of reach, whatever tags they carry", async () => {
  const aws = world({ type: "nat", id: "automock-tfstate" }, { type: "nat", id: "n" });
  await nextHours(aws, 6);
  expect(aws.present().map(({ id }) => id)).toEqual(["automock-tfstate"]);
  expect(aws.done).toEqual([]);
  expect(aws.notices.at(-1)!.text).toContain("part of the bootstrap");
});

it("blind-self-destruct: done only when the independent listing is empty, the schedules last", async () => {
  const aws = world({ type: "nat", id: "n" });
  aws.add({ type: "missed-by-all-handlers", id: "x", environment: "pr-1" });
  await nextHours(aws, 8);
  expect(aws.done).toEqual([]);
  expect(aws.schedules.has("pr-1")).toBe(true);
  aws.resources.delete("missed-by-all-handlers x");
  await nextHours(aws, 10);
  expect(aws.done).toHaveLength(1);
  expect(aws.schedules.has("pr-1")).toBe(false);
});

it("log-group-returns: a log group that comes back before the end is deleted again", async () => {
  const aws = world({ type: "logs", id: "l" });
  let returned = false;
  aws.before = (name) => {
    if (name !== "residual.list" || returned) return;
    returned = true;
    aws.add({ type: "logs", id: "l", environment: "pr-1" }, "managed");
  };
  await nextHours(aws, 6);
  expect(aws.mutations.map(({ key }) => key)).toEqual(["logs l", "logs l"]);
  expect(aws.done).toHaveLength(1);
});

it("vague-warning: exactly one for each expiry, at least an hour ahead, recorded", async () => {
  const aws = world({ type: "nat", id: "n" });
  await nextHours(aws, 6);
  const warnings = aws.notices.filter(({ kind }) => kind === "warning");
  expect(warnings).toHaveLength(1);
  expect(EXPIRY - warnings[0]!.at).toBeGreaterThanOrEqual(HOUR);
  expect(aws.done[0]!.record).toMatchObject({ warnFor: iso(EXPIRY), warnedAt: iso(warnings[0]!.at) });
});

it("false-success: no completion without proof, and an answer that fails is an error", async () => {
  const aws = world({ type: "nat", id: "n" });
  aws.before = (name) => {
    if (name === "residual.list") throw named("AccessDenied");
  };
  const { results } = await nextHours(aws, 8);
  expect(kinds(aws)).toEqual(["warning", "failure"]);
  expect(results.some((one) => one.kind === "environment" && one.result.kind === "done")).toBe(false);
  expect(aws.state.get("automock/pr-1/terraform.tfstate")!.serial).toBe(7);
});

it("read-error-is-no-ttl: a record that cannot be read is an error, not an environment without an end", async () => {
  const aws = world({ type: "nat", id: "n" });
  aws.now = EXPIRY;
  aws.before = (name) => {
    if (name === "registry.get") throw named("AccessDeniedException");
  };
  const { errors } = await nextHours(aws, 6);
  expect(errors.length).toBeGreaterThan(0);
  expect(String(errors[0])).toContain("pr-1: AccessDeniedException");
  expect(parseRecord({}).kind).toBe("invalid");
});

it("shared-vpc-wipe: in a network that was brought along, only the environment's own goes", async () => {
  const aws = world({ type: "lb", id: "l", vpcId: "vpc-byo" });
  aws.records.set("pr-1", recordOf({ byo: ["vpc-byo"] }));
  const lent = [
    { type: "vpc", id: "vpc-byo", tags: {} },
    { type: "subnet", id: "subnet-byo", tags: {}, vpcId: "vpc-byo" },
    { type: "eni", id: "eni-of-someone", tags: {}, vpcId: "vpc-byo" },
  ];
  for (const one of lent) aws.add(one);
  aws.state.get("automock/pr-1/terraform.tfstate")!.resources.push({
    address: "data.aws_vpc.byo",
    terraformType: "aws_vpc",
    mode: "data",
    handledBy: { type: "vpc" },
    ids: ["vpc-byo"],
  });
  await nextHours(aws, 6);
  expect(aws.present().map(({ id }) => id)).toEqual(["vpc-byo", "subnet-byo", "eni-of-someone"]);
  expect(aws.violations).toEqual([]);
  expect(aws.done).toHaveLength(1);
});

it("no-completion-notice: tells what was deleted, how long it took and what proves it", async () => {
  const aws = typicalAws();
  await nextHours(aws, 6);
  const { subject, text } = aws.notices.find(({ kind }) => kind === "completion")!;
  expect(subject).toMatch(/^pr-1 is deleted: 13 resources in \d min/);
  expect(text).toContain("1 x vpc");
  expect(text).toMatch(/Proof: listing at .+ complete and empty; listing at .+ complete and empty/);
});

it("v2-no-lock: nothing is deleted without Terraform's lock, and the lock is never broken", async () => {
  const aws = world({ type: "nat", id: "n" });
  aws.locks.set("automock/pr-1/terraform.tfstate", { id: "tf", who: "dev" });
  await nextHours(aws, 6);
  expect(aws.mutations).toEqual([]);
  aws.locks.clear();
  await nextHours(aws, 8);
  expect(aws.done).toHaveLength(1);
  expect(aws.violations).toEqual([]);
});

it("v2-lost-retry: what really fails is thrown, so that it is retried", async () => {
  const aws = world({ type: "nat", id: "n" });
  let failures = 2;
  aws.before = (name) => {
    if (name === "lock.acquire" && failures-- > 0) throw named("InternalError");
  };
  const { errors } = await nextHours(aws, 6);
  expect(errors).toHaveLength(2);
  expect(aws.done[0]!.at - EXPIRY).toBeLessThan(6 * MINUTE);
});
