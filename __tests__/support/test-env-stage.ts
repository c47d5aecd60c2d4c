import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { OPEN_INDEX } from "../../contract/reaper";
import { OPEN_KEY, REGISTRY_KEY } from "../../contract/registry";
import { registryTableName } from "../../contract/names";
import { testBoundaryName } from "../../contract/test-run";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { announceSession } from "../../local/session";

export const PLACE = { accountId: "123456789012", region: "us-east-1" };

const PROJECT = join(__dirname, "..", "..");

/** A local AWS with the parts of the bootstrap stack that test environments need, and a project for them. */
export interface TestEnvStage {
  readonly aws: LocalAws;
  /** Folder of the project: specs in environments/test, code beside it. */
  readonly folder: string;
  close(): Promise<void>;
}

/** The code of every function in specs of tests. */
const CODE = `export const handler = async (event) => ({
  statusCode: 200,
  body: JSON.stringify({ path: event.rawPath ?? null, users: process.env.USERS_TABLE ?? null }),
});
`;

export async function openTestEnvStage(specs: Readonly<Record<string, object>>): Promise<TestEnvStage> {
  const folder = mkdtempSync(join(tmpdir(), "test-env-"));
  writeFileSync(join(folder, "cdktf.json"), "{}");
  mkdirSync(join(folder, "environments", "test"), { recursive: true });
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "index.mjs"), CODE);
  for (const [name, spec] of Object.entries(specs)) {
    writeFileSync(join(folder, "environments", "test", `${name}.json`), JSON.stringify({ name, ...spec }));
  }
  cpSync(join(PROJECT, "examples"), join(folder, "examples"), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const aws = await startLocalAws({ ...PLACE, log: () => undefined, projectFolder: PROJECT });
  announceSession(folder, { endpoint: aws.endpoint, ...PLACE, pid: process.pid, variables: aws.variables });
  await createRegistry(aws);
  return {
    aws,
    folder,
    close: async () => {
      await aws.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The registry table and the boundary, as the bootstrap stack has them. */
async function createRegistry({ clientConfig }: LocalAws): Promise<void> {
  const keys = [...Object.values(REGISTRY_KEY), OPEN_KEY.partition, OPEN_KEY.sort];
  const dynamoDb = new DynamoDBClient(clientConfig);
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: registryTableName(PLACE.accountId, PLACE.region),
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: REGISTRY_KEY.partition, KeyType: "HASH" },
        { AttributeName: REGISTRY_KEY.sort, KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: OPEN_INDEX,
          KeySchema: [
            { AttributeName: OPEN_KEY.partition, KeyType: "HASH" },
            { AttributeName: OPEN_KEY.sort, KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  dynamoDb.destroy();
  const iam = new IAMClient(clientConfig);
  await iam.send(
    new CreatePolicyCommand({
      PolicyName: testBoundaryName(PLACE),
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    }),
  );
  iam.destroy();
}
