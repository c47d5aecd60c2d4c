import { partitionOf } from "../../contract/names";
import { TEST_ACCESS } from "../../contract/test-access";
import { testLogGroupName, testResourceName, testRunNames, type TestRun } from "../../contract/test-run";
import type {
  Access,
  TestEnvironment,
  TestFunction,
} from "../../environments/schema/test-environment-fields";
import { functionArn } from "./nodes/function";
import { queueArn } from "./nodes/queue";
import { topicArn } from "./nodes/topic";
import type { Statement } from "./policy";

/** What a function's role allows: its logs, what it uses and the queues it receives from. */
export function statementsOf(
  run: TestRun,
  fn: string,
  { uses, from }: TestFunction,
  resources: TestEnvironment["resources"],
): Statement[] {
  const logs = testRunNames(run).arn("logs", `log-group:${testLogGroupName(run, fn)}:*`);
  return [
    allow(TEST_ACCESS.logs.write, [logs]),
    ...from.map((queue) => allow(TEST_ACCESS.queue.read, [queueArn(run, queue)])),
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
  const of = (actions: { readonly read: readonly string[]; readonly write: readonly string[] }) => [
    ...(reads ? actions.read : []),
    ...(writes ? actions.write : []),
  ];
  switch (type) {
    case "table": {
      const arn = testRunNames(run).arn("dynamodb", `table/${testResourceName(run, "table", name)}`);
      return [allow(of(TEST_ACCESS.table), [arn, `${arn}/index/*`])];
    }
    case "bucket": {
      const arn = `arn:${partitionOf(run.region)}:s3:::${testResourceName(run, "bucket", name)}`;
      return [
        ...(reads ? [allow(TEST_ACCESS.bucket.list, [arn])] : []),
        allow(of(TEST_ACCESS.object), [`${arn}/*`]),
      ];
    }
    case "queue":
      return [allow([...new Set(of(TEST_ACCESS.queue))], [queueArn(run, name)])];
    case "topic":
      return [allow(TEST_ACCESS.topic.write, [topicArn(run, name)])];
    case "function":
      return [allow(TEST_ACCESS.function.write, [functionArn(run, name)])];
    default:
      return [];
  }
}

function allow(Action: readonly string[], Resource: readonly string[]): Statement {
  return { Effect: "Allow", Action, Resource };
}
