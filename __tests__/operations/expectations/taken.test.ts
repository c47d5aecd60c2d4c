import { Names } from "../../../contract/names";
import { takenText, waitUntilTaken } from "../../../operations/expectations/taken";
import { fakeClients } from "../../support/fake-clients";

const names = new Names({
  system: "automock",
  environment: "demo",
  accountId: "123456789012",
  region: "us-east-1",
});
const uploadedAt = new Date("2026-01-02T03:04:05Z");

interface Line {
  readonly task: string;
  readonly text: string;
}

/** Waits with tasks and logs that the looks find one after the other; the last stays. */
async function wait(looks: readonly { tasks: readonly string[]; loader?: Line[]; sync?: Line[] }[]) {
  let look = 0;
  const now = () => looks[Math.min(look, looks.length - 1)]!;
  const { ecs, logs, calls } = fakeClients({
    ListTasks: () => ({ taskArns: now().tasks.map((id) => `arn:aws:ecs:us-east-1:1:task/c/${id}`) }),
    FilterLogEvents: ({ logGroupName }: { logGroupName: string }) => {
      const container = logGroupName.split("-").at(-1) as "loader" | "sync";
      return {
        events: (now()[container] ?? []).map(({ task, text }) => ({
          message: `${text}\n`,
          logStreamName: `ecs/expectations-${container}/${task}`,
        })),
      };
    },
  });
  const progress: string[] = [];
  const result = waitUntilTaken(
    { ecs, logs, names, etag: '"v2"', uploadedAt },
    () => {
      look++;
      return Promise.resolve();
    },
    (line) => progress.push(line),
  );
  return { result: await result.catch((error: Error) => error.message), progress, looks: look, calls };
}

const took = (task: string, version = "v2"): Line => ({
  task,
  text: `sync-expectations: took version "${version}"`,
});
const loaded = (task: string, version = "v2"): Line => ({
  task,
  text: `load-expectations: loaded version "${version}"`,
});

it("waits until every running task has taken or loaded the version", async () => {
  const { result, progress, looks, calls } = await wait([
    { tasks: ["a", "b"], sync: [took("a", "v1")] },
    { tasks: ["a", "b"], sync: [took("a", "v1"), took("a")] },
    { tasks: ["a", "b"], sync: [took("a")] },
    { tasks: ["a", "c"], sync: [took("a"), took("b")], loader: [loaded("c")] },
  ]);
  expect(result).toEqual({ tasks: 2, taken: 2 });
  expect(progress).toEqual(["taken by 0 of 2 tasks", "taken by 1 of 2 tasks", "taken by 2 of 2 tasks"]);
  expect(looks).toBe(3);
  expect(calls.slice(0, 3)).toEqual([
    ["ListTasks", { cluster: "automock-demo", desiredStatus: "RUNNING", nextToken: undefined }],
    ["FilterLogEvents", { logGroupName: "/automock-demo/expectations-loader", startTime: uploadedAt.getTime(), nextToken: undefined }], // prettier-ignore
    ["FilterLogEvents", { logGroupName: "/automock-demo/expectations-sync", startTime: uploadedAt.getTime(), nextToken: undefined }], // prettier-ignore
  ]);
});

it.each([
  'sync-expectations: refused version "v2" of s3://b/k, keeping the last good version: no array',
  'sync-expectations: MockServer refused version "v2" of s3://b/k, keeping the last good version',
])("stops when a task says: %s", async (text) => {
  const { result, looks } = await wait([{ tasks: ["a"], sync: [{ task: "a", text }] }]);
  expect(result).toBe(`A task refuses it, and answers as before: ${text}`);
  expect(looks).toBe(0);
});

it("is through when no task runs", async () => {
  const { result } = await wait([{ tasks: [] }]);
  expect(result).toEqual({ tasks: 0, taken: 0 });
  expect(takenText({ tasks: 0, taken: 0 })).toBe("no task runs: the next ones load it");
});

it("gives up after two minutes, and says who has it and where to look", async () => {
  const { result, looks } = await wait([{ tasks: ["a", "b"], sync: [took("a")] }]);
  expect(result).toBe(
    "taken by 1 of 2 tasks within 120 s. The version is uploaded. A task that starts loads it; " +
      "the log group /automock-demo/expectations-sync says what the others do.",
  );
  expect(looks).toBe(60);
});
