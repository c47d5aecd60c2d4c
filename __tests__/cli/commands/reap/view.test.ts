import type { LambdaClient } from "@aws-sdk/client-lambda";
import { createColors } from "picocolors";
import { previewText, reapedText } from "../../../../cli/commands/reap/view";
import type { ReaperPlan } from "../../../../contract/reaper";
import { reapNow, type ReapPreview } from "../../../../operations/leases/reap";
import { fakeClients } from "../../../support/fake-clients";
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
