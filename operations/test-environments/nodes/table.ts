import {
  CreateTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type DynamoDBClient,
  type KeySchemaElement,
} from "@aws-sdk/client-dynamodb";
import { unlessNotFound } from "../../../cleanup/aws/errors";
import { testResourceName, type TestRun } from "../../../contract/test-run";
import type { TestResource } from "../../../environments/schema/test-environment-fields";
import { whenConsistent } from "../consistency";
import { polled, tagList, tagRecord, type Node } from "./node";

type Table = Extract<TestResource, { type: "table" }>;

/** A table, paid per request. */
export function tableNode(run: TestRun, node: string, { key, indexes, ttl }: Table): Node {
  const TableName = testResourceName(run, "table", node);
  const attributes = Object.assign({}, key, ...Object.values(indexes)) as Table["key"];
  const indexList = Object.entries(indexes).map(([IndexName, indexKey]) => ({
    IndexName,
    KeySchema: keySchema(indexKey),
    Projection: { ProjectionType: "ALL" as const },
  }));
  return {
    node,
    type: "dynamodb:table",
    name: TableName,
    after: [],
    calls: [
      "dynamodb:CreateTable",
      "dynamodb:DescribeTable",
      ...(ttl === undefined ? [] : ["dynamodb:UpdateTimeToLive"]),
    ],
    async find({ clients }) {
      const found = await unlessNotFound(() =>
        clients.dynamoDb.send(new DescribeTableCommand({ TableName })),
      );
      if (!found?.Table) return undefined;
      const { TableArn: arn } = found.Table;
      const { Tags } = await clients.dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
      return { id: TableName, arn, tags: tagRecord(Tags) };
    },
    async create(context) {
      const { TableDescription } = await whenConsistent(context, () =>
        context.clients.dynamoDb.send(
          new CreateTableCommand({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            KeySchema: keySchema(key),
            AttributeDefinitions: Object.entries(attributes).map(([AttributeName, AttributeType]) => ({
              AttributeName,
              AttributeType,
            })),
            ...(indexList.length > 0 && { GlobalSecondaryIndexes: indexList }),
            Tags: tagList(context.tags),
          }),
        ),
      );
      return { id: TableName, arn: TableDescription?.TableArn };
    },
    async finish(context) {
      await polled<DynamoDBClient>(context.clients.dynamoDb, context, (settings) =>
        waitUntilTableExists(settings, { TableName }),
      );
      if (ttl === undefined) return;
      try {
        await whenConsistent(context, () =>
          context.clients.dynamoDb.send(
            new UpdateTimeToLiveCommand({
              TableName,
              TimeToLiveSpecification: { AttributeName: ttl, Enabled: true },
            }),
          ),
        );
      } catch (error) {
        // Of an earlier attempt whose answer was lost.
        if (!/already enabled/i.test((error as Error).message)) throw error;
      }
    },
  };
}

/** The first attribute is the partition key. */
function keySchema(key: Table["key"]): KeySchemaElement[] {
  return Object.keys(key).map((AttributeName, i) => ({
    AttributeName,
    KeyType: i === 0 ? "HASH" : "RANGE",
  }));
}
