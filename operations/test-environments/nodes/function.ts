import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  waitUntilFunctionActiveV2,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { unlessNotFound } from "../../../cleanup/aws/errors";
import { testLogGroupName, testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import type { TestFunction } from "../../../environments/schema/test-environment-fields";
import { zipFolder } from "../code";
import { whenConsistent } from "../consistency";
import { polled, type Created, type Node } from "./node";
import { queueArn } from "./queue";
import { roleArn } from "./role";

/** How a function gets its variables, once the queues that it uses have their URLs. */
export type Variables = (created: (node: string) => Created) => Readonly<Record<string, string>>;

export function functionNode(
  run: TestRun,
  node: string,
  spec: TestFunction,
  variables: Variables,
  after: readonly string[],
): Node {
  const FunctionName = testResourceName(run, "lambda", node);
  const arn = functionArn(run, node);
  return {
    node,
    type: "lambda:function",
    name: FunctionName,
    after: [`${node}.role`, `${node}.logs`, ...after],
    calls: ["lambda:CreateFunction", "lambda:GetFunction"],
    async find({ clients }) {
      const found = await unlessNotFound(() => clients.lambda.send(new GetFunctionCommand({ FunctionName })));
      return found && { id: FunctionName, arn, tags: found.Tags ?? {} };
    },
    async create(context) {
      const ZipFile = zipFolder(context.projectFolder, spec.code);
      await whenConsistent(context, () =>
        context.clients.lambda.send(
          new CreateFunctionCommand({
            FunctionName,
            Runtime: spec.runtime,
            Handler: spec.handler,
            Timeout: spec.timeoutSeconds,
            MemorySize: spec.memoryMiB,
            Role: roleArn(run, node),
            Code: { ZipFile },
            LoggingConfig: { LogGroup: testLogGroupName(run, node) },
            Environment: { Variables: { ...spec.environment, ...variables(context.created) } },
            Tags: { ...context.tags },
          }),
        ),
      );
      return { id: FunctionName, arn };
    },
    async finish(context) {
      await polled<LambdaClient>(context.clients.lambda, context, (settings) =>
        waitUntilFunctionActiveV2(settings, { FunctionName }),
      );
    },
  };
}

export function functionArn(run: TestRun, node: string): string {
  return testRunNames(run).arn("lambda", `function:${testResourceName(run, "lambda", node)}`);
}

/** Lets a function receive the messages of a queue. */
export function mappingNode(run: TestRun, fn: string, queue: string): Node {
  const FunctionName = testResourceName(run, "lambda", fn);
  const EventSourceArn = queueArn(run, queue);
  const arnOf = (uuid: string | undefined) => testRunNames(run).arn("lambda", `event-source-mapping:${uuid}`);
  return {
    node: `${fn}.${queue}`,
    type: "lambda:event-source-mapping",
    name: FunctionName,
    after: [fn, queue],
    calls: ["lambda:CreateEventSourceMapping"],
    async find({ clients }) {
      const { EventSourceMappings = [] } = await clients.lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName, EventSourceArn }),
      );
      const id = EventSourceMappings[0]?.UUID;
      if (id === undefined) return undefined;
      const { Tags = {} } = await clients.lambda.send(new ListTagsCommand({ Resource: arnOf(id) }));
      return { id, arn: arnOf(id), tags: Tags };
    },
    async create(context) {
      const { UUID } = await whenConsistent(context, () =>
        context.clients.lambda.send(
          new CreateEventSourceMappingCommand({
            FunctionName,
            EventSourceArn,
            BatchSize: 10,
            Tags: { ...context.tags },
          }),
        ),
      );
      return { id: UUID!, arn: arnOf(UUID) };
    },
  };
}
