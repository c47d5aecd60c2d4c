import type { LambdaClient } from "@aws-sdk/client-lambda";
import { createColors } from "picocolors";
import { previewText, reapedText } from "../../../../cli/commands/reap/view";
import type { ReaperPlan } from "../../../../contract/reaper";
import { reapNow, type ReapPreview } from "../../../../operations/leases/reap";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { fakeClients } from "../../../support/fake-clients";
import type { FakeAws } from "../../../support/reaper-fakes";
import { expiredAws, small } from "../../../support/reaper-passes";
import { PLANNED, PLANNED_IN_PART } from "../../../support/reaper-plans";
import { ACCOUNT, REGION } from "../../../support/reaper-values";

const report = (plan: ReaperPlan): ReapPreview => ({
  stack: "automock-demo",
  environment: "demo",
  accountId: ACCOUNT,
  region: REGION,
  ready: false,
  ...plan,
});
const plain = createColors(false);

it("shows the order with the proofs", () => {
  expect(previewText(report(PLANNED), plain)).toBe(
    `automock-demo: the reaper would delete 3 resources in 2 waves. Nothing is deleted now.

Wave 1
  ec2:nat-gateway nat-1
      managed in the Terraform state as x
      tags t
  ecs:service s
      tags t

Wave 2
  ec2:vpc vpc-1
      tags t

All safety gates are open.`,
  );
});

it("shows what stands in the way", () => {
  expect(previewText(report({ ...PLANNED_IN_PART, waves: [] }), plain)).toBe(
    `automock-demo: the reaper finds nothing to delete.

Blocked, because they must wait for a held resource
  ec2:subnet s-1

Held: belongs to the environment, but
  ec2:network-interface eni-1: tag automock:protected=true

Of a type that the reaper cannot delete
  aws_x aws_x.y

Could not be read
  listing failed

Left alone: does not belong to the environment
  ec2:vpc vpc-9: given from outside
  ec2:vpc vpc-8: no proof

Closed safety gates: nothing is deleted until they open
  expired: it expires at tomorrow`,
  );
  const unreadable = { ...PLANNED, waves: [], stateReadable: false, errors: ["not JSON"] };
  expect(previewText(report(unreadable), plain)).toBe(
    `The Terraform state cannot be read, so nothing would be deleted.

Could not be read
  not JSON`,
  );
});

const REF = {
  id: "automock-demo",
  system: "automock",
  environment: "demo",
  accountId: ACCOUNT,
  region: REGION,
} as const;

function reaperThatAnswers(result: object): LambdaClient {
  const answer = [{ kind: "environment", environment: "demo", result }];
  const fakes = fakeClients({ Invoke: () => ({ Payload: Buffer.from(JSON.stringify(answer)) }) });
  return fakes.lambda as unknown as LambdaClient;
}

const gate = { gate: "expired", reason: "it expires at tomorrow", alarm: false };
it.each([
  [{ kind: "stoodDown", refusals: [gate] }, "refused", "Nothing of automock-demo was deleted: expired: it expires at tomorrow."], // prettier-ignore
  [{ kind: "nothing", reason: "not due" }, "refused", "Nothing of automock-demo was deleted: not due."],
  [
    { kind: "lockBusy", holder: { who: "ann@laptop" }, until: "2026-01-01T00:00:00Z" },
    "refused",
    "Nothing of automock-demo was deleted: Terraform's lock is held by ann@laptop; the reaper tries again at 2026-01-01T00:00:00Z.",
  ],
  [
    { kind: "unfinished", left: ["ec2:vpc vpc-1"], until: "2026-01-01T00:00:00Z" },
    "unfinished",
    "automock-demo is not completely deleted yet: 1 resource is left; the reaper continues at 2026-01-01T00:00:00Z.",
  ],
  [
    {
      kind: "stuck",
      stuck: [{ key: "ec2:vpc vpc-1", reason: "DependencyViolation", blockedBy: ["instance i-1"] }],
      errors: ["ListTasks failed"],
    },
    "stuck",
    "automock-demo is stuck: ec2:vpc vpc-1: DependencyViolation (blocked by instance i-1); ListTasks failed.",
  ],
  [{ kind: "done" }, "done", "automock-demo is deleted: nothing is left."],
])("tells what the reaper did: %#", async (result, kind, text) => {
  const reaped = await reapNow(reaperThatAnswers(result), REF);
  expect([reaped.result, reapedText(reaped)]).toEqual([kind, text]);
});

describe("says of the deployed reaper's own answer", () => {
  /** Runs the reaper by hand, and hands its answer to the command as JSON. */
  async function reaped(aws: FakeAws): Promise<string> {
    const result = await reap(aws.world(), {
      kind: "manual",
      environment: "pr-1",
      action: "reap",
      dryRun: false,
    });
    const Payload = Buffer.from(JSON.stringify([result]));
    const { lambda } = fakeClients({ Invoke: () => ({ Payload }) });
    return reapedText(await reapNow(lambda as unknown as LambdaClient, REF));
  }
  const change = (aws: FakeAws, changes: object) =>
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, ...changes });

  it("that a closed gate kept everything", async () => {
    const aws = expiredAws();
    change(aws, { protected: true });
    expect(await reaped(aws)).toBe(
      "Nothing of automock-demo was deleted: protected: the record is protected; warned: nobody was warned of 2026-03-01T04:00:00Z.",
    );
    expect(aws.mutations).toEqual([]);
  });

  it("that a pass stopped half-way, not that nothing was deleted", async () => {
    const aws = expiredAws();
    aws.after = (name) => void (name === "nat.remove" && change(aws, { protected: true }));
    expect(await reaped(aws)).toBe(
      "The deletion of automock-demo had begun and is not finished: protected: the record is protected.",
    );
    expect(aws.mutations).not.toEqual([]);
  });

  it.each<[string, (aws: FakeAws) => void, RegExp]>([
    [
      "another holds Terraform's lock",
      (aws) => aws.locks.set("automock/pr-1/terraform.tfstate", { id: "x", who: "ann@laptop" }),
      /^The deletion of automock-demo had begun and is not finished: Terraform's lock is held by ann@laptop/,
    ],
    [
      "another pass is at work",
      (aws) => change(aws, { leaseOwner: "other", leaseUntilMs: aws.now + 60_000 }),
      /^The deletion of automock-demo had begun and is not finished: another pass has the lease\.$/,
    ],
    [
      "a gate is closed that someone has to look at",
      (aws) => void (aws.skewMs = 600_000),
      /^The deletion of automock-demo had begun and is not finished: clock-skew: /,
    ],
  ])("the same where an earlier pass has deleted, and %s", async (_title, arrange, text) => {
    const aws = expiredAws();
    change(aws, { phase: "STUCK", firstDeleteAt: "2026-03-01T04:00:00Z" });
    arrange(aws);
    expect(await reaped(aws)).toMatch(text);
    expect(aws.mutations).toEqual([]);
  });

  it("which resource is stuck, and why", async () => {
    const aws = small({ type: "eni", id: "e", tags: { "automock:protected": "true" } });
    expect(await reaped(aws)).toBe(
      "automock-demo is stuck: eni e: held: tag automock:protected=true (blocked by tag automock:protected=true).",
    );
  });
});
