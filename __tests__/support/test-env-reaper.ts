import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { DeleteItemCommand, DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { createClients, type Clients } from "../../cleanup/aws/clients";
import { registryTableName } from "../../contract/names";
import { reaperNames } from "../../contract/reaper";
import { registryKey } from "../../contract/registry";
import { run } from "../../lambda/ttl-cleanup";
import { clock } from "../../lambda/ttl-cleanup/aws/identity";
import type { ReaperResult } from "../../lambda/ttl-cleanup/core/reaper";
import { LocalRegistry } from "../../local/registry";
import { PLACE, registryOf, type TestEnvStage } from "./test-env-stage";

/** Lets all runs but some expire with their slots, as the time would. Returns those that have expired. */
export async function letExpire(stage: TestEnvStage, except: readonly string[]): Promise<string[]> {
  const registry = LocalRegistry.open(stage.aws.env, PLACE.accountId, PLACE.region);
  const runs = (await registry.list())
    .map(({ environment }) => environment)
    .filter((run) => !except.includes(run));
  for (const run of runs) await registry.passHours(run, 1);
  registry.close();
  const slots = registryOf(stage);
  for (const holder of await slots.slotHolders("orders", Date.now()))
    if (!except.includes(holder)) await slots.freeSlots("orders", holder);
  return runs;
}

/**
 * Deletes what the registry keeps of removed runs. For each action of a transaction moto copies the whole table, so a
 * hundred runs with their audit lines cost it hours and all memory.
 */
export async function forget({ aws }: Pick<TestEnvStage, "aws">, runs: readonly string[]): Promise<void> {
  const client = new DynamoDBClient(aws.clientConfig);
  const TableName = registryTableName(PLACE.accountId, PLACE.region);
  for (const run of runs) {
    const pages = paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: registryKey(run).pk } },
        ProjectionExpression: "pk, sk",
      },
    );
    for await (const { Items = [] } of pages)
      await Promise.all(Items.map((Key) => client.send(new DeleteItemCommand({ TableName, Key }))));
  }
  client.destroy();
}

/**
 * One hourly tick of the reaper, in this process. The pauses of its clock are not waited for in full.
 *
 * @param ahead milliseconds from now
 */
export async function tick({ aws }: Pick<TestEnvStage, "aws">, ahead = 0): Promise<readonly ReaperResult[]> {
  const clients = createClients({ ...aws.clientConfig, shareReads: true });
  await createCleanupRole(clients);
  const real = clock(clients);
  return run(
    { kind: "tick" },
    {
      ...PLACE,
      read: clients,
      clientsFor: () => clients,
      clock: {
        now: () => real.now() + ahead,
        authority: async () => (await real.authority()) + ahead,
        async sleep(ms) {
          ahead += ms;
          await real.sleep(Math.min(ms, 200));
        },
      },
      logger: { info: () => undefined },
      metrics: { add: () => undefined },
      boxMetrics: { add: () => undefined },
    },
    { requestId: "tick", remainingMs: () => 900_000, wait: (ms) => real.sleep(ms) },
  );
}

/** The role of cleanup sessions, which the bootstrap stack has. */
async function createCleanupRole({ iam }: Clients): Promise<void> {
  const RoleName = reaperNames(PLACE.accountId, PLACE.region).cleanupRoleName;
  const trust = { Effect: "Allow", Principal: { AWS: PLACE.accountId }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  try {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  } catch (error) {
    if ((error as Error).name !== "EntityAlreadyExistsException") throw error;
  }
}
