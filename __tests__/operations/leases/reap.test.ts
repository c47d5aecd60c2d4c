import { ResourceNotFoundException, type LambdaClient } from "@aws-sdk/client-lambda";
import { previewReap, reapNow } from "../../../operations/leases/reap";
import { UserError } from "../../../contract/user-error";
import { fakeClients } from "../../support/fake-clients";
import { PLANNED as PLAN, PLANNED_IN_PART as STUCK } from "../../support/reaper-plans";
import { ACCOUNT, REGION } from "../../support/reaper-values";

const ref = {
  id: "automock-demo",
  system: "automock",
  environment: "demo",
  accountId: ACCOUNT,
  region: REGION,
} as const;

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

  it.each([
    [answer({ kind: "planned", text: "…" }), `Deletions are disabled in account ${ACCOUNT}: the reaper only reports what it would delete.\nRun automock reap automock-demo to see it.`], // prettier-ignore
    [answer({ kind: "invalid", faults: ["phase is wrong"] }), "The record of demo is invalid"],
    [answer({ kind: "sleeping" }), "The reaper gave an answer that this command does not understand"],
  ])("refuses to take it for a deletion: %#", async (payload, message) => {
    await expect(now(payload).reap()).rejects.toThrow(message);
  });
});
