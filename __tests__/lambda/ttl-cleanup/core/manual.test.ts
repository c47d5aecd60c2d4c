import type { ReaperPlan } from "../../../../contract/reaper";
import { TAG } from "../../../../contract/tags";
import { dryRun } from "../../../../lambda/ttl-cleanup/core/plan";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import type { Trigger } from "../../../../lambda/ttl-cleanup/core/config";
import { FakeAws } from "../../../support/reaper-fakes";
import { recordOf } from "../../../support/reaper-values";
import { typicalAws, TYPES } from "../../../support/reaper-graphs";

type Manual = Extract<Trigger, { kind: "manual" }>;

async function byHand(
  fake: FakeAws,
  trigger: Omit<Manual, "kind" | "environment">,
  config = {},
): Promise<string> {
  const result = await reap(fake.world(config), { kind: "manual", environment: "pr-1", ...trigger });
  if (result.kind !== "environment") throw new Error("not one environment");
  return result.result.kind === "planned" ? result.result.text : result.result.kind;
}

function planWorld(): FakeAws {
  const fake = new FakeAws(TYPES);
  fake.register(recordOf({ byo: ["vpc-byo"] }));
  const own = { environment: "pr-1" };
  fake.add({ type: "nat", id: "nat-1", ...own }, "managed");
  fake.add({ type: "eip", id: "eip-1", ...own });
  fake.add({ type: "eni", id: "eni-1", ...own, tags: { [TAG.protected]: "true" } }, "managed");
  fake.add({ type: "subnet", id: "subnet-1", ...own }, "managed");
  fake.add({ type: "vpc", id: "vpc-byo", tags: {} });
  fake.state.get("automock/pr-1/terraform.tfstate")!.resources.push({
    address: "aws_x.y",
    terraformType: "aws_x",
    mode: "managed",
    handledBy: "unsupported",
    ids: [],
  });
  return fake;
}

describe("a dry run", () => {
  it("prints the order, the proof of each resource, and all that would stop it", async () => {
    expect(await byHand(planWorld(), { action: "plan" }))
      .toBe(`Plan for pr-1 at 2026-03-01T00:00:00Z: dry run, nothing is changed.
Phase ACTIVE, expires at 2026-03-01T04:00:00Z, owner team-a.

3 resources would be deleted, in this order:
  1.
     nat nat-1: managed in the Terraform state as fake.nat-1, tags automock:environment=pr-1 and automock:ephemeral=true
  2.
     eip eip-1: tags automock:environment=pr-1 and automock:ephemeral=true

These would wait forever for what is held:
  subnet subnet-1: managed in the Terraform state as fake.subnet-1, tags automock:environment=pr-1 and automock:ephemeral=true

Held, although proven; the environment cannot be finished:
  eni eni-1: managed in the Terraform state as fake.eni-1; but tag automock:protected=true

UNSUPPORTED_TYPE, the reaper cannot delete them:
  aws_x aws_x.y

Left alone, because they do not belong to the environment:
  vpc vpc-byo: on the list of resources that the environment brings along

Closed gates:
  expired: it lives until 2026-03-01T04:00:00Z
  minimum-age: it was created at 2026-03-01T00:00:00Z, less than 15 min ago
  warned: nobody was warned of 2026-03-01T04:00:00Z
`);
  });

  it("returns the same as values, for programs", async () => {
    const trigger: Trigger = { kind: "manual", environment: "pr-1", action: "plan" };
    const { result } = (await reap(planWorld().world(), trigger)) as unknown as {
      result: { plan: ReaperPlan };
    };
    const tags = "tags automock:environment=pr-1 and automock:ephemeral=true";
    expect(result.plan).toEqual({
      waves: [
        [{ resource: "nat nat-1", proofs: ["managed in the Terraform state as fake.nat-1", tags] }],
        [{ resource: "eip eip-1", proofs: [tags] }],
      ],
      waiting: [
        { resource: "subnet subnet-1", proofs: ["managed in the Terraform state as fake.subnet-1", tags] },
      ],
      held: [
        {
          resource: "eni eni-1",
          proofs: ["managed in the Terraform state as fake.eni-1"],
          vetoes: ["tag automock:protected=true"],
        },
      ],
      unsupported: ["aws_x aws_x.y"],
      errors: [],
      leftAlone: [
        { resource: "vpc vpc-byo", vetoes: ["on the list of resources that the environment brings along"] },
      ],
      stateReadable: true,
      gates: [
        { gate: "expired", reason: "it lives until 2026-03-01T04:00:00Z" },
        { gate: "minimum-age", reason: "it was created at 2026-03-01T00:00:00Z, less than 15 min ago" },
        { gate: "warned", reason: "nobody was warned of 2026-03-01T04:00:00Z" },
      ],
    });
  });

  it("changes nothing, not even the record, and audits its decisions as such", async () => {
    const fake = planWorld();
    const before = JSON.stringify([
      [...fake.records],
      [...fake.resources],
      [...fake.locks],
      [...fake.schedules],
      [...fake.state],
    ]);
    await byHand(fake, { action: "plan" });
    expect(
      JSON.stringify([
        [...fake.records],
        [...fake.resources],
        [...fake.locks],
        [...fake.schedules],
        [...fake.state],
      ]),
    ).toBe(before);
    expect(fake.mutations).toEqual([]);
    expect(fake.notices).toEqual([]);
    expect(
      fake.audit.map(({ action, dryRun, resource, outcome }) => [action, dryRun, resource, outcome]),
    ).toEqual([
      ["plan", true, "eip eip-1", "own"],
      ["plan", true, "eni eni-1", "held"],
      ["plan", true, "nat nat-1", "own"],
      ["plan", true, "subnet subnet-1", "own"],
    ]);
  });

  it("with a state that cannot be read says that nothing would be deleted", async () => {
    const fake = planWorld();
    const world = fake.world();
    const scan = async () => ({
      state: "unreadable" as const,
      tagged: new Map(),
      unknownArns: [],
      vpcs: [],
      errors: ["GetObject: AccessDenied"],
    });
    const blind = { ...world, ports: { ...world.ports, discovery: { ...world.ports.discovery, scan } } };
    const { text } = await dryRun(blind, recordOf(), { environment: "pr-1" });
    expect(text).toContain(
      "The Terraform state cannot be read, so nothing would be deleted:\n  GetObject: AccessDenied\n",
    );
    expect(text).not.toContain("would be deleted, in this order");
  });

  it("is what a cleanup by hand does unless told otherwise", async () => {
    const fake = typicalAws();
    expect(await byHand(fake, { action: "reap" })).toContain("dry run");
    expect(await byHand(fake, { action: "reap", dryRun: true })).toContain("dry run");
    expect(await byHand(fake, { action: "plan", dryRun: false })).toContain("dry run");
    fake.deletionEnabled = false;
    expect(await byHand(fake, { action: "reap", dryRun: false })).toContain("dry run");
    expect(fake.mutations).toEqual([]);
  });
});

describe("a cleanup by hand", () => {
  it("does not go past the gates", async () => {
    const fake = typicalAws();
    expect(
      await byHand(fake, { action: "reap", dryRun: false, override: ["expired", "minimum-age", "warned"] }),
    ).toBe("stoodDown");
    expect(fake.mutations).toEqual([]);
  });

  it("goes past the gates of time with both switches", async () => {
    const fake = typicalAws();
    const force = { action: "reap", dryRun: false, override: ["expired", "minimum-age", "warned"] } as const;
    expect(await byHand(fake, force, { overridesEnabled: true })).toBe("done");
    expect(fake.presentOf("pr-1")).toEqual([]);
    expect(fake.presentOf("pr-1-b")).toHaveLength(13);
  });
});
