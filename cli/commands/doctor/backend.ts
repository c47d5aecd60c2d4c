import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { GetBucketVersioningCommand, HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { reaperNames } from "../../../contract/reaper";
import type { Place } from "../../../environments/schema/stacks";
import { failed, ok, type Check } from "./check";

export interface BackendClients {
  readonly s3: Pick<S3Client, "send">;
  readonly dynamoDb: Pick<DynamoDBClient, "send">;
  readonly lambda: Pick<LambdaClient, "send">;
}

/**
 * Checks what the bootstrap stack creates in an account and region.
 *
 * @param fix command that creates it
 */
export function checkBackend(clients: BackendClients, place: Place, fix: string): Promise<Check[]> {
  const names = reaperNames(place.accountId, place.region);
  const { stateBucketName, lockTableName, registryTableName, functionName } = names;
  const present = async (name: string, resource: string, look: () => Promise<string | undefined>) => {
    try {
      const fault = await look();
      return fault === undefined ? ok(name, resource) : failed(name, `${resource} ${fault}`, fix);
    } catch (error) {
      if (!isMissing(error)) throw error;
      return failed(name, `${resource} does not exist`, fix);
    }
  };
  const table = (name: string, TableName: string) =>
    present(name, TableName, async () => {
      const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName }));
      return Table?.TableStatus === "ACTIVE" ? undefined : `is ${Table?.TableStatus}`;
    });
  return Promise.all([
    present("state bucket", stateBucketName, async () => {
      await clients.s3.send(new HeadBucketCommand({ Bucket: stateBucketName }));
      const { Status } = await clients.s3.send(new GetBucketVersioningCommand({ Bucket: stateBucketName }));
      return Status === "Enabled" ? undefined : "does not keep earlier versions of the state";
    }),
    table("lock table", lockTableName),
    table("registry", registryTableName),
    present("reaper", functionName, async () => {
      const { State } = await clients.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      );
      return State === undefined || State === "Active" || State === "Inactive" ? undefined : `is ${State}`;
    }),
  ]);
}

function isMissing(error: unknown): boolean {
  const { name } = error as Error;
  return name === "NotFound" || name === "NoSuchBucket" || name === "ResourceNotFoundException";
}
