import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { CreateTopicCommand, ListTagsForResourceCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import { testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import { whenConsistent } from "../consistency";
import { functionArn } from "./function";
import { tagList, tagRecord, type Node, type NodeContext } from "./node";
import { queueArn } from "./queue";

/** Where a topic or a rule sends to. */
export interface Target {
  readonly node: string;
  readonly type: "queue" | "function";
}

/** A topic with its subscriptions, which end with it. */
export function topicNode(run: TestRun, node: string, targets: readonly Target[]): Node {
  const Name = testResourceName(run, "topic", node);
  const arn = topicArn(run, node);
  return {
    node,
    type: "sns:topic",
    name: Name,
    after: targets.map((target) => target.node),
    calls: [
      "sns:ListTagsForResource",
      "sns:CreateTopic",
      ...targets.flatMap(({ type }) => [
        ...(type === "function" ? ["lambda:AddPermission"] : []),
        "sns:Subscribe",
      ]),
    ],
    // Creating a topic that exists succeeds.
    looksFirst: true,
    async find({ clients }) {
      const found = await unlessNotFound(() =>
        clients.sns.send(new ListTagsForResourceCommand({ ResourceArn: arn })),
      );
      return found && { id: arn, arn, tags: tagRecord(found.Tags) };
    },
    async create({ clients, tags }) {
      const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name, Tags: tagList(tags) }));
      return { id: TopicArn!, arn: TopicArn };
    },
    async finish(context, { id: TopicArn }) {
      for (const target of targets) {
        if (target.type === "function")
          await allowInvoke(context, target.node, { node, service: "sns", arn });
        await context.clients.sns.send(
          new SubscribeCommand({
            TopicArn,
            Protocol: target.type === "function" ? "lambda" : "sqs",
            Endpoint: targetArn(run, target),
          }),
        );
      }
    },
  };
}

export function topicArn(run: TestRun, node: string): string {
  return testRunNames(run).arn("sns", testResourceName(run, "topic", node));
}

export function targetArn(run: TestRun, { node, type }: Target): string {
  return type === "function" ? functionArn(run, node) : queueArn(run, node);
}

/** Lets a topic, a rule or an API invoke a function. It is no error if it may already. */
export async function allowInvoke(
  context: NodeContext,
  fn: string,
  source: { readonly node: string; readonly service: "sns" | "events" | "apigateway"; readonly arn: string },
): Promise<void> {
  try {
    await whenConsistent(context, () =>
      context.clients.lambda.send(
        new AddPermissionCommand({
          FunctionName: testResourceName(context.run, "lambda", fn),
          StatementId: source.node,
          Action: "lambda:InvokeFunction",
          Principal: `${source.service}.amazonaws.com`,
          SourceArn: source.arn,
        }),
      ),
    );
  } catch (error) {
    if (errorName(error) !== "ResourceConflictException") throw error;
  }
}
