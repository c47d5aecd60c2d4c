import {
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-ecr";
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { partitionOf } from "../../contract/names";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Found } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { namedHandler } from "./named";
import { ACCEPTED, GONE, tagsFrom, type HandlerFactory } from "./shared";

/** Tables, image repositories, functions. */
export const data: HandlerFactory = ({ read, write }) => {
  const describeTable = async (TableName: string) =>
    (await unlessNotFound(() => read.dynamoDb.send(new DescribeTableCommand({ TableName }))))?.Table;
  const table = namedHandler({
    type: "dynamodb:table",
    layer: "workload",
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
        const page = await read.dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken }));
        return { items: page.Tags, next: page.NextToken };
      });
      return tagsFrom(tags);
    },
    async look({ id }) {
      const found = await describeTable(id);
      if (!found) return "absent";
      return found.TableStatus === "DELETING" ? "deleting" : "present";
    },
    async prepare({ id }) {
      if (!(await describeTable(id))?.DeletionProtectionEnabled) return;
      await write.dynamoDb.send(new UpdateTableCommand({ TableName: id, DeletionProtectionEnabled: false }));
    },
    async remove({ id }) {
      await write.dynamoDb.send(new DeleteTableCommand({ TableName: id }));
      return ACCEPTED;
    },
  });

  const repository = namedHandler({
    type: "ecr:repository",
    layer: "workload",
    async all() {
      const all = await allPages(async (nextToken) => {
        const page = await read.ecr.send(new DescribeRepositoriesCommand({ nextToken }));
        return { items: page.repositories, next: page.nextToken };
      });
      return all.map(({ repositoryName: name, repositoryArn: arn }) => ({ id: name!, arn, name }));
    },
    tags: async ({ arn }) =>
      tagsFrom((await read.ecr.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags),
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [id] })),
      );
      return found?.repositories?.length ? "present" : "absent";
    },
    async remove({ id }) {
      await write.ecr.send(new DeleteRepositoryCommand({ repositoryName: id, force: true })); // with its images
      return GONE;
    },
  });

  const configurationOf = ({ id }: Found) =>
    unlessNotFound(() => read.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: id })));
  const lambdaFunction = namedHandler({
    type: "lambda:function",
    layer: "workload",
    stuckMs: 45 * MINUTE,
    async all() {
      const all = await allPages(async (Marker) => {
        const page = await read.lambda.send(new ListFunctionsCommand({ Marker }));
        return { items: page.Functions, next: page.NextMarker };
      });
      return all.map(({ FunctionName: name, FunctionArn: arn }) => ({ id: name!, arn, name }));
    },
    tags: async ({ arn }) => (await read.lambda.send(new ListTagsCommand({ Resource: arn }))).Tags ?? {},
    async look(found) {
      return (await configurationOf(found)) ? "present" : "absent";
    },
    /** Its network interfaces outlive a function that is deleted while still in a VPC. */
    async prepare(found) {
      const configuration = await configurationOf(found);
      if (!configuration?.VpcConfig?.SubnetIds?.length) return;
      await write.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: found.id,
          VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        }),
      );
    },
    async remove(found) {
      const configuration = await configurationOf(found);
      if (configuration?.LastUpdateStatus === "InProgress") {
        return { kind: "blocked", by: [`lambda:function ${found.id} is still leaving its VPC`] };
      }
      await write.lambda.send(new DeleteFunctionCommand({ FunctionName: found.id }));
      return GONE;
    },
  });

  return [table, repository, lambdaFunction];
};
