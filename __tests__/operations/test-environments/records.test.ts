import type { OpenRun } from "../../../operations/test-environments/open";
import { audit, keepTimes } from "../../../operations/test-environments/records";
import { awsError, fakeClients, type Answers } from "../../support/fake-clients";
import { TEST_HEADER } from "../../support/test-run";

const REPORT = {
  create: { result: "created", seconds: 3, resources: 9 },
  tests: { passed: false, exitCode: 1, timedOut: false, seconds: 5 },
  cleanup: {
    result: "incomplete",
    seconds: 7,
    deleted: 8,
    left: [{ resource: "dynamodb:table x", reason: "no" }],
    errors: [],
  },
  exitCode: 3,
} as const;

function openRun(answers: Answers, finished: (one: object) => Promise<void> = async () => undefined) {
  const told: string[] = [];
  const clients = fakeClients(answers);
  const open = {
    header: TEST_HEADER,
    run: TEST_HEADER,
    clients,
    registry: { finished },
    now: () => Date.UTC(2026, 0, 31, 9),
    progress: (text: string) => told.push(text),
  };
  return { open: open as unknown as OpenRun, told, clients };
}

const fails = () => {
  throw awsError("AccessDeniedException", "no");
};

it("the times of a run go to CloudWatch and to the registry", async () => {
  const kept: object[] = [];
  const { open, clients, told } = openRun(
    { CreateLogStream: () => ({}), PutLogEvents: () => ({}) },
    async (one) => void kept.push(one),
  );
  await keepTimes(open, REPORT);
  expect(told).toEqual([]);
  expect(kept).toEqual([
    {
      run: "orders-k3f9aa",
      spec: "orders",
      at: "2026-01-31T09:00:00Z",
      exitCode: 3,
      resources: 9,
      createSeconds: 3,
      testSeconds: 5,
      destroySeconds: 7,
      leftovers: 1,
    },
  ]);
  const [, { logGroupName, logEvents }] = clients.calls.find(([command]) => command === "PutLogEvents")!;
  expect(logGroupName).toBe("/automock/test-environments");
  const [{ message }] = logEvents as [{ message: string }];
  expect(JSON.parse(message)).toMatchObject({ Leftovers: 1, TestsFailed: 1, CreateSeconds: 3 });
});

it("no run fails because its times or audit lines cannot be kept", async () => {
  const { open, told } = openRun({ CreateLogStream: fails, TransactWriteItems: fails }, async () => fails());
  await keepTimes(open, REPORT);
  await audit(open, "create", "created", { durationMs: 1 });
  expect(told).toEqual([
    "The metrics of this run are not sent: AccessDeniedException: no",
    "The times of this run are not kept: AccessDeniedException: no",
    "The audit line is not written: AccessDeniedException: no",
  ]);
});

it("an account without the log group gets no metrics", async () => {
  const { open, clients, told } = openRun({
    CreateLogStream: () => {
      throw awsError("ResourceNotFoundException");
    },
  });
  await keepTimes(open, REPORT);
  expect([told, clients.calls.map(([command]) => command)]).toEqual([[], ["CreateLogStream"]]);
});

it("an audit line says who, what and how it ended", async () => {
  const { open, clients } = openRun({ TransactWriteItems: () => ({}) });
  await audit(open, "destroy", "9 deleted, nothing is left", { durationMs: 1200 });
  const [[, { TransactItems }]] = clients.calls as unknown as [
    [string, { TransactItems: [{ Put: { Item: Record<string, { S?: string }> } }] }],
  ];
  expect(TransactItems[0].Put.Item).toMatchObject({
    pk: { S: "ENV#orders-k3f9aa" },
    action: { S: "test environment: destroy" },
    outcome: { S: "9 deleted, nothing is left" },
    actor: { S: "automock test-env" },
    durationMs: { N: "1200" },
  });
});
