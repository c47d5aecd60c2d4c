import { ResourceNotFoundException, type LambdaClient } from "@aws-sdk/client-lambda";
import { createColors } from "picocolors";
import { previewText, reapedText } from "../../../cli/commands/reap/view";
import { previewReap, reapNow, type ReapPreview } from "../../../operations/leases/reap";
import { UserError } from "../../../contract/user-error";
import type { ReaperPlan } from "../../../contract/reaper";
import { fakeClients } from "../../support/fake-clients";
import { ACCOUNT, REGION } from "../../support/reaper-values";

const ref = {
  id: "automock-demo",
  system: "automock",
  environment: "demo",
  accountId: ACCOUNT,
  region: REGION,
} as const;

const PLAN: ReaperPlan = {
  waves: [
    [
      { resource: "ec2:nat-gateway nat-1", proofs: ["managed in the Terraform state as x", "tags t"] },
      { resource: "ecs:service s", proofs: ["tags t"] },
    ],
    [{ resource: "ec2:vpc vpc-1", proofs: ["tags t"] }],
  ],
  waiting: [],
  held: [],
  unsupported: [],
  leftAlone: [],
  errors: [],
  stateReadable: true,
  gates: [],
};
const STUCK: ReaperPlan = {
  ...PLAN,
  waiting: [{ resource: "ec2:subnet s-1", proofs: ["tags t"] }],
  held: [
    { resource: "ec2:network-interface eni-1", proofs: ["tags t"], vetoes: ["tag automock:protected=true"] },
  ],
  unsupported: ["aws_x aws_x.y"],
  errors: ["listing failed"],
  leftAlone: [
    { resource: "ec2:vpc vpc-9", vetoes: ["given from outside"] },
    { resource: "ec2:vpc vpc-8", vetoes: [] },
  ],
  gates: [{ gate: "expired", reason: "it expires at tomorrow" }],
};

function reaper(payload: unknown, extra: object = {}) {
  const fakes = fakeClients({
    Invoke: () => ({ Payload: Buffer.from(JSON.stringify(payload)), ...extra }),
  });
  return { fakes, ask: () => previewReap(fakes.lambda as unknown as LambdaClient, ref) };
}
const answer = (result: object) => [{ kind: "environment", environment: "demo", result }];

it("asks the reaper of the account and region for a plan, and nothing else", async () => {
  const { fakes, ask } = reaper(answer({ kind: "planned", plan: PLAN, text: "…" }));
  expect(await ask()).toEqual({
    stack: "automock-demo",
    environment: "demo",
    accountId: ACCOUNT,
    region: REGION,
    ready: true,
    ...PLAN,
  });
  const [[command, { FunctionName, Payload, InvocationType }]] = fakes.calls as [
    [string, { FunctionName: string; Payload: Buffer; InvocationType?: string }],
  ];
  expect([command, FunctionName, InvocationType]).toEqual([
    "Invoke",
    `automock-bootstrap-${REGION}-reaper`,
    undefined,
  ]);
  expect(JSON.parse(Payload.toString())).toEqual({ action: "plan", environment: "demo" });
});

it.each([
  [{ ...PLAN, gates: STUCK.gates }],
  [{ ...PLAN, waiting: STUCK.waiting }],
  [{ ...PLAN, held: STUCK.held }],
  [{ ...PLAN, unsupported: STUCK.unsupported }],
  [{ ...PLAN, errors: STUCK.errors }],
  [{ ...PLAN, stateReadable: false }],
])("is not ready while something stands in the way: %#", async (plan) => {
  expect(await reaper(answer({ kind: "planned", plan })).ask()).toMatchObject({ ready: false });
});

it.each([
  [answer({ kind: "planned", text: "old" }), {}, "The deployed reaper is older than this command."],
  [answer({ kind: "nothing", reason: "no record" }), {}, "automock-demo no longer exists: no record."],
  [
    answer({ kind: "invalid", faults: ["phase is wrong"] }),
    {},
    "The record of demo is invalid, so the reaper deletes nothing:\n  phase is wrong",
  ],
  [answer({ kind: "sleeping" }), {}, "The reaper gave an answer that this command does not understand"],
  [null, {}, "The reaper gave an answer that this command does not understand: null"],
  [
    { errorMessage: "Task timed out" },
    { FunctionError: "Unhandled" },
    `The reaper failed: Task timed out\nIts log group is /aws/lambda/automock-bootstrap-${REGION}-reaper.`,
  ],
])("says what went wrong: %#", async (payload, extra, message) => {
  const work = reaper(payload, extra).ask();
  await expect(work).rejects.toThrow(UserError);
  await expect(work).rejects.toThrow(message);
});

it("says where the reaper is missing, and passes other errors on", async () => {
  const failing = (error: Error) =>
    previewReap(
      fakeClients({
        Invoke: () => {
          throw error;
        },
      }).lambda as unknown as LambdaClient,
      ref,
    );
  await expect(failing(new ResourceNotFoundException({ message: "", $metadata: {} }))).rejects.toThrow(
    `Account ${ACCOUNT} has no reaper in ${REGION} (function automock-bootstrap-${REGION}-reaper). Create it with automock bootstrap.`,
  );
  const other = new Error("refused");
  await expect(failing(other)).rejects.toBe(other);
});

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
  expect(previewText(report(PLAN), plain)).toBe(
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
  expect(previewText(report({ ...STUCK, waves: [] }), plain)).toBe(
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
  const unreadable = { ...PLAN, waves: [], stateReadable: false, errors: ["not JSON"] };
  expect(previewText(report(unreadable), plain)).toBe(
    `The Terraform state cannot be read, so nothing would be deleted.

Could not be read
  not JSON`,
  );
});

describe("reap --yes", () => {
  const now = (payload: unknown) => {
    const fakes = fakeClients({ Invoke: () => ({ Payload: Buffer.from(JSON.stringify(payload)) }) });
    return { fakes, reap: () => reapNow(fakes.lambda as unknown as LambdaClient, ref) };
  };

  it("lets the deployed reaper delete, with its gates in force", async () => {
    const { fakes, reap } = now(answer({ kind: "done", proof: {} }));
    const { id: stack, environment, accountId, region } = ref;
    const place = { stack, environment, accountId, region };
    expect(await reap()).toEqual({ ...place, result: "done", reason: "nothing is left" });
    const [[, { Payload }]] = fakes.calls as [[string, { Payload: Buffer }]];
    expect(JSON.parse(Payload.toString())).toEqual({ action: "reap", dryRun: false, environment: "demo" });
  });

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
      { kind: "stuck", stuck: [{ resource: "ec2:vpc vpc-1" }], errors: ["DependencyViolation"] },
      "stuck",
      "automock-demo is stuck: ec2:vpc vpc-1; DependencyViolation.",
    ],
    [{ kind: "done" }, "done", "automock-demo is deleted: nothing is left."],
  ])("tells what came of it: %#", async (result, kind, text) => {
    const reaped = await now(answer(result)).reap();
    expect([reaped.result, reapedText(reaped)]).toEqual([kind, text]);
  });

  it.each([
    [answer({ kind: "planned", text: "…" }), `Deletions are disabled in account ${ACCOUNT}: the reaper only reports what it would delete.\nRun automock reap automock-demo to see it.`], // prettier-ignore
    [answer({ kind: "invalid", faults: ["phase is wrong"] }), "The record of demo is invalid"],
    [answer({ kind: "sleeping" }), "The reaper gave an answer that this command does not understand"],
  ])("refuses to take it for a deletion: %#", async (payload, message) => {
    await expect(now(payload).reap()).rejects.toThrow(message);
  });
});
