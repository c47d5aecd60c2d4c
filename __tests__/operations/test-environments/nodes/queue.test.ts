import type { NodeContext } from "../../../../operations/test-environments/nodes/node";
import { queueNodes } from "../../../../operations/test-environments/nodes/queue";
import { awsError, fakeClients } from "../../../support/fake-clients";
import { TEST_HEADER } from "../../../support/test-run";

/** Creates a queue whose name is taken until `freeAt` (milliseconds). */
async function create(freeAt: number, error = awsError("QueueDeletedRecently")) {
  let now = 0;
  const told: string[] = [];
  const clients = fakeClients({
    CreateQueue: () => {
      if (now < freeAt) throw error;
      return { QueueUrl: "https://sqs/jobs" };
    },
  });
  const context = {
    clients,
    tags: {},
    progress: (text) => told.push(text),
    now: () => now,
    sleep: async (ms: number) => void (now += ms),
  } satisfies Partial<NodeContext>;
  const [queue] = queueNodes(TEST_HEADER, "jobs", { visibilitySeconds: 30, senders: [] });
  const created = await queue!
    .create(context as unknown as NodeContext)
    .catch((thrown: Error) => thrown.name);
  return { created, told, now };
}

const ARN = "arn:aws:sqs:us-east-1:123456789012:test-orders-k3f9aa-jobs";

it("a run whose queue was deleted a moment ago waits for its name, and says why once", async () => {
  const { created, told, now } = await create(60_000);
  expect(created).toEqual({ id: "https://sqs/jobs", arn: ARN });
  expect(now).toBeLessThan(63_000);
  expect(told).toEqual([
    "jobs: SQS gives the name of a deleted queue again after 60 s, and an earlier run with this key has just deleted it; waiting",
  ]);
});

it("it does not wait for ever, nor for another error", async () => {
  const late = await create(90_000);
  expect(late.created).toBe("QueueDeletedRecently");
  expect(late.now).toBeLessThanOrEqual(80_000);
  expect(await create(1, awsError("AccessDenied"))).toEqual({ created: "AccessDenied", told: [], now: 0 });
});
