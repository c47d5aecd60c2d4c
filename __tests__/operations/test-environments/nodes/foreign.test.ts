import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestFunction } from "../../../../environments/schema/test-environment-fields";
import { createNodes } from "../../../../operations/test-environments/create";
import { LocalJournal } from "../../../../operations/test-environments/journal";
import { bucketNode } from "../../../../operations/test-environments/nodes/bucket";
import { functionNode } from "../../../../operations/test-environments/nodes/function";
import { httpApiNode } from "../../../../operations/test-environments/nodes/http-api";
import { logGroupNode } from "../../../../operations/test-environments/nodes/log-group";
import type { Node, NodeContext } from "../../../../operations/test-environments/nodes/node";
import { queueNodes } from "../../../../operations/test-environments/nodes/queue";
import { restApiNode } from "../../../../operations/test-environments/nodes/rest-api";
import { roleNode } from "../../../../operations/test-environments/nodes/role";
import { ruleNode } from "../../../../operations/test-environments/nodes/rule";
import { tableNode } from "../../../../operations/test-environments/nodes/table";
import { topicNode } from "../../../../operations/test-environments/nodes/topic";
import type { RunWorld } from "../../../../operations/test-environments/world";
import { awsError, fakeClients, type Answers } from "../../../support/fake-clients";
import { FakeTestRegistry, TEST_HEADER } from "../../../support/test-run";

/** A name of the run that someone else has: nothing of theirs is changed, whatever AWS answers to a creation. */

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "foreign-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function create(node: Node, answers: Answers) {
  const registry = new FakeTestRegistry();
  const clients = fakeClients(answers);
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  journal.open(TEST_HEADER);
  const world = { run: TEST_HEADER, clients, registry, journal, projectFolder: folder, progress: () => undefined, now: () => 0 }; // prettier-ignore
  const alone: Node = { ...node, after: [] };
  const { failure } = await createNodes(world as unknown as RunWorld, [alone], new AbortController().signal);
  return {
    message: failure?.message,
    states: registry.notes.map(({ state }) => state),
    calls: clients.calls.map(([command]) => command),
  };
}

const THEIRS = { "automock:environment": "orders-zzzzzz", "automock:owner": "someone" };
const LIST = Object.entries(THEIRS).map(([Key, Value]) => ({ Key, Value }));
const exists = (name: string) => () => {
  throw awsError(name);
};
const spec: TestFunction = {
  type: "function",
  code: "code",
  runtime: "nodejs22.x",
  handler: "index.handler",
  timeoutSeconds: 3,
  memoryMiB: 128,
  environment: {},
  uses: {},
  from: [],
};
const run = TEST_HEADER;

it.each<[string, Node, Answers, string[]]>([
  ["a bucket", bucketNode(run, "x"), { GetBucketTagging: () => ({ TagSet: LIST }) }, ["GetBucketTagging"]],
  [
    "a queue",
    queueNodes(run, "x", { visibilitySeconds: 30, senders: [] })[0]!,
    { GetQueueUrl: () => ({ QueueUrl: "https://sqs/x" }), ListQueueTags: () => ({ Tags: THEIRS }) },
    ["GetQueueUrl", "ListQueueTags"],
  ],
  [
    "a topic",
    topicNode(run, "x", []),
    { ListTagsForResource: () => ({ Tags: LIST }) },
    ["ListTagsForResource"],
  ],
  [
    "a rule",
    ruleNode(run, "x", { schedule: "rate(1 hour)" }, []),
    { DescribeRule: () => ({ Name: "x" }), ListTagsForResource: () => ({ Tags: LIST }) },
    ["DescribeRule", "ListTagsForResource"],
  ],
  [
    "a table",
    tableNode(run, "x", { type: "table", key: { id: "S" }, indexes: {} }),
    {
      CreateTable: exists("ResourceInUseException"),
      DescribeTable: () => ({ Table: { TableArn: "arn" } }),
      ListTagsOfResource: () => ({ Tags: LIST }),
    },
    ["CreateTable", "DescribeTable", "ListTagsOfResource"],
  ],
  [
    "a role",
    roleNode(run, "x", []),
    {
      CreateRole: exists("EntityAlreadyExistsException"),
      GetRole: () => ({ Role: { Arn: "arn", Tags: LIST } }),
    },
    ["CreateRole", "GetRole"],
  ],
  [
    "a log group",
    logGroupNode(run, "x"),
    {
      CreateLogGroup: exists("ResourceAlreadyExistsException"),
      DescribeLogGroups: () => ({ logGroups: [{ logGroupName: "/test-orders-k3f9aa/x" }] }),
      ListTagsForResource: () => ({ tags: THEIRS }),
    },
    ["CreateLogGroup", "DescribeLogGroups", "ListTagsForResource"],
  ],
])("%s", async (_, node, answers, calls) => {
  const done = await create(node, answers);
  expect(done).toEqual({
    message: `Error: ${node.name} exists and belongs to orders-zzzzzz (owner someone), so it is neither used nor deleted`,
    states: ["intent", "refused"],
    calls,
  });
});

it("a bucket of another account, whose tags may not be read", async () => {
  const { message, states } = await create(bucketNode(run, "x"), {
    GetBucketTagging: exists("AccessDenied"),
  });
  expect(message).toContain("exists and belongs to no environment (owner unknown)");
  expect(states).toEqual(["intent", "refused"]);
});

it("a function", async () => {
  const node = functionNode(run, "x", spec, () => ({}), []);
  const done = await create(
    { ...node, create: exists("ResourceConflictException") },
    { GetFunction: () => ({ Tags: THEIRS }) },
  );
  expect([done.states, done.calls]).toEqual([["intent", "refused"], ["GetFunction"]]);
});

describe("an API, whose name need not be unique", () => {
  const mine = { "automock:environment": run.run };
  const name = "test-orders-k3f9aa-x";

  it.each<[string, Node, (tags: object) => Answers]>([
    ["an HTTP API", httpApiNode(run, "x", {}), (Tags) => ({ GetApis: () => ({ Items: [{ ApiId: "a1", Name: name, Tags }] }) })], // prettier-ignore
    ["a REST API", restApiNode(run, "x", {}), (tags) => ({ GetRestApis: () => ({ items: [{ id: "a1", name, tags }] }) })], // prettier-ignore
  ])("%s is found by the tag of the run", async (_, node, answers) => {
    const find = (tags: object) =>
      node.find({ clients: fakeClients(answers(tags)) } as unknown as NodeContext);
    expect(await find(THEIRS)).toBeUndefined();
    expect(await find(mine)).toMatchObject({ id: "a1", tags: mine });
  });
});
