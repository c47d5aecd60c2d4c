import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { testLogGroupName, testRunNames, type TestRun } from "../../../contract/test-run";
import type { Node } from "./node";

/** The log group of a function. Lambda creates none by itself, because the function's role may not. */
export function logGroupNode(run: TestRun, fn: string): Node {
  const logGroupName = testLogGroupName(run, fn);
  const arn = testRunNames(run).arn("logs", `log-group:${logGroupName}`);
  return {
    node: `${fn}.logs`,
    type: "logs:log-group",
    name: logGroupName,
    after: [],
    calls: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
    async find({ clients }) {
      const { logGroups = [] } = await clients.logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
      );
      if (!logGroups.some((group) => group.logGroupName === logGroupName)) return undefined;
      const { tags = {} } = await clients.logs.send(new ListTagsForResourceCommand({ resourceArn: arn }));
      return { id: logGroupName, arn, tags };
    },
    async create({ clients, tags }) {
      await clients.logs.send(new CreateLogGroupCommand({ logGroupName, tags: { ...tags } }));
      return { id: logGroupName, arn };
    },
    async finish({ clients }) {
      await clients.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    },
  };
}
