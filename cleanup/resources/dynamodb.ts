import {
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { partitionOf } from "../../contract/names";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, tagsFrom } from "./shared";

const TABLE = "dynamodb:table";

const table: ResourceType = {
  type: TABLE,
  terraform: ["aws_dynamodb_table"],
  arns: ["table/"],
  handler: ({ read, write }) => ({
    list: candidates(TABLE, {
      async all(env) {
        const names = await allPages(async (ExclusiveStartTableName) => {
          const page = await read.dynamoDb.send(new ListTablesCommand({ ExclusiveStartTableName }));
          return { items: page.TableNames, next: page.LastEvaluatedTableName };
        });
        const arn = (name: string) =>
          `arn:${partitionOf(env.region)}:dynamodb:${env.region}:${env.accountId}:table/${name}`;
        return names.map((name) => ({ id: name, arn: arn(name), name }));
      },
      tags: async ({ arn }) => {
        const tags = await allPages(async (NextToken) => {
          const page = await read.dynamoDb.send(
            new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken }),
          );
          return { items: page.Tags, next: page.NextToken };
        });
        return tagsFrom(tags);
      },
    }),
    async look({ id }) {
      const found = await describeTable(read, id);
      if (!found) return "absent";
      return found.TableStatus === "DELETING" ? "deleting" : "present";
    },
    async prepare({ id }) {
      if (!(await describeTable(read, id))?.DeletionProtectionEnabled) return;
      await write.dynamoDb.send(new UpdateTableCommand({ TableName: id, DeletionProtectionEnabled: false }));
    },
    async remove({ id }) {
      await write.dynamoDb.send(new DeleteTableCommand({ TableName: id }));
      return ACCEPTED;
    },
  }),
};

/** Tables. */
export const dynamoDb: readonly ResourceType[] = [table];

async function describeTable(read: Clients, TableName: string) {
  return (await unlessNotFound(() => read.dynamoDb.send(new DescribeTableCommand({ TableName }))))?.Table;
}
