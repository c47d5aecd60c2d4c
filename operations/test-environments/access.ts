import { partitionOf } from "../../contract/names";
import { testLogGroupName, testResourceName, testRunNames, type TestRun } from "../../contract/test-run";
import type { Access, TestEnvironment, TestFunction } from "../../environments/test-environment-fields";
import { functionArn } from "./nodes/function";
import { queueArn } from "./nodes/queue";
import { topicArn } from "./nodes/topic";
import type { Statement } from "./policy";

/** Actions by type and access. */
const TABLE_READ = ["BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"];
const TABLE_WRITE = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"];
const QUEUE_READ = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"];
const QUEUE_WRITE = ["GetQueueAttributes", "SendMessage"];
const OBJECT_WRITE = ["AbortMultipartUpload", "DeleteObject", "PutObject"];

/** What a function's role allows: its logs, what it uses and the queues it receives from. */
export function statementsOf(
  run: TestRun,
  fn: string,
  { uses, from }: TestFunction,
  resources: TestEnvironment["resources"],
): Statement[] {
  const logs = testRunNames(run).arn("logs", `log-group:${testLogGroupName(run, fn)}:*`);
  return [
    allow("logs", ["CreateLogStream", "PutLogEvents"], [logs]),
    ...from.map((queue) => allow("sqs", QUEUE_READ, [queueArn(run, queue)])),
    ...Object.entries(uses).flatMap(([name, access]) =>
      statementsFor(run, name, resources[name]!.type, access),
    ),
  ];
}

function statementsFor(
  run: TestRun,
  name: string,
  type: TestEnvironment["resources"][string]["type"],
  access: Access,
): Statement[] {
  const reads = access === "read" || access === "readWrite";
  const writes = access === "write" || access === "readWrite";
  switch (type) {
    case "table": {
      const arn = testRunNames(run).arn("dynamodb", `table/${testResourceName(run, "table", name)}`);
      const actions = [...(reads ? TABLE_READ : []), ...(writes ? TABLE_WRITE : [])];
      return [allow("dynamodb", actions, [arn, `${arn}/index/*`])];
    }
    case "bucket": {
      const arn = `arn:${partitionOf(run.region)}:s3:::${testResourceName(run, "bucket", name)}`;
      return [
        ...(reads ? [allow("s3", ["ListBucket"], [arn])] : []),
        allow("s3", [...(reads ? ["GetObject"] : []), ...(writes ? OBJECT_WRITE : [])], [`${arn}/*`]),
      ];
    }
    case "queue": {
      const actions = [...(reads ? QUEUE_READ : []), ...(writes ? QUEUE_WRITE : [])];
      return [allow("sqs", [...new Set(actions)], [queueArn(run, name)])];
    }
    case "topic":
      return [allow("sns", ["Publish"], [topicArn(run, name)])];
    case "function":
      return [allow("lambda", ["InvokeFunction"], [functionArn(run, name)])];
    default:
      return [];
  }
}

function allow(service: string, actions: readonly string[], Resource: readonly string[]): Statement {
  return { Effect: "Allow", Action: actions.map((action) => `${service}:${action}`), Resource };
}
