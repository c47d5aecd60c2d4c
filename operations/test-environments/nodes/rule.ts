import {
  DescribeRuleCommand,
  ListTagsForResourceCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { PartialFailure, unlessNotFound } from "../../../cleanup/aws/errors";
import { testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import type { TestResource } from "../../../environments/schema/test-environment-fields";
import { tagList, tagRecord, type Node } from "./node";
import { allowInvoke, targetArn, type Target } from "./topic";

/** An EventBridge rule with its targets. */
export function ruleNode(
  run: TestRun,
  node: string,
  { schedule, pattern }: Pick<Extract<TestResource, { type: "rule" }>, "schedule" | "pattern">,
  targets: readonly Target[],
): Node {
  const Name = testResourceName(run, "eventRule", node);
  const arn = ruleArn(run, node);
  return {
    node,
    type: "events:rule",
    name: Name,
    after: targets.map((target) => target.node),
    calls: [
      "events:DescribeRule",
      "events:PutRule",
      ...targets.flatMap(({ type }) => (type === "function" ? ["lambda:AddPermission"] : [])),
      "events:PutTargets",
    ],
    // Putting a rule replaces the one that exists.
    looksFirst: true,
    async find({ clients }) {
      const found = await unlessNotFound(() => clients.events.send(new DescribeRuleCommand({ Name })));
      if (!found) return undefined;
      const { Tags } = await clients.events.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
      return { id: Name, arn, tags: tagRecord(Tags) };
    },
    async create({ clients, tags }) {
      await clients.events.send(
        new PutRuleCommand({
          Name,
          ...(schedule !== undefined && { ScheduleExpression: schedule }),
          ...(pattern !== undefined && { EventPattern: JSON.stringify(pattern) }),
          Tags: tagList(tags),
        }),
      );
      return { id: Name, arn };
    },
    async finish(context) {
      for (const target of targets) {
        if (target.type === "function")
          await allowInvoke(context, target.node, { node, service: "events", arn });
      }
      const answer = await context.clients.events.send(
        new PutTargetsCommand({
          Rule: Name,
          Targets: targets.map((target) => ({ Id: target.node, Arn: targetArn(run, target) })),
        }),
      );
      const failed = answer.FailedEntryCount ? answer.FailedEntries?.[0] : undefined;
      if (failed)
        throw new PartialFailure(failed.ErrorCode ?? "Error", failed.ErrorMessage ?? "no reason given");
    },
  };
}

export function ruleArn(run: TestRun, node: string): string {
  return testRunNames(run).arn("events", `rule/${testResourceName(run, "eventRule", node)}`);
}
