import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APIGatewayClient, GetRestApisCommand } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { buildSync } from "esbuild";
import { OPEN_INDEX } from "../../contract/reaper";
import { OPEN_KEY, REGISTRY_KEY } from "../../contract/registry";
import { registryTableName, type Place } from "../../contract/names";
import { testBoundaryName } from "../../contract/test-run";
import { listEverything } from "../../local/inventory";
import { TestRunRegistry } from "../../registry/test-runs";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { announceSession } from "../../local/session";
import { run, type Finished } from "../../operations/process";
import type { testEnvVerb } from "./test-env-verb";

export const PLACE = { accountId: "123456789012", region: "us-east-1" };

/** Some of each kind, and few calls. */
export const TEST_ENV_SPEC = {
  owner: "platform-team",
  costCenter: "quality",
  ...PLACE,
  atMost: { environments: 60 },
  resources: {
    users: { type: "table", key: { id: "S" }, indexes: { byEmail: { email: "S" } } },
    files: { type: "bucket" },
    jobs: { type: "queue", deadLetterAfter: 3 },
    api: {
      type: "function",
      code: "code",
      runtime: "nodejs22.x",
      handler: "index.handler",
      uses: { users: "readWrite" },
      from: ["jobs"],
    },
    http: { type: "httpApi", routes: { "GET /users/{id}": "api" } },
  },
};

/** One of each type. */
export const EVERY_TYPE = {
  ...TEST_ENV_SPEC,
  resources: {
    ...TEST_ENV_SPEC.resources,
    users: { ...TEST_ENV_SPEC.resources.users, ttl: "expiresAt" },
    events: { type: "topic", to: ["jobs", "api"] },
    tick: { type: "rule", schedule: "rate(5 minutes)", to: ["jobs", "api"] },
    old: { type: "restApi", reason: "usage plans", routes: { "GET /users/{id}": "api" } },
  },
};

const PROJECT = join(__dirname, "..", "..");

/** A local AWS with the parts of the bootstrap stack that test environments need, and a project for them. */
export interface TestEnvStage {
  readonly aws: LocalAws;
  /** Folder of the project: specs in environments/test, code beside it. */
  readonly folder: string;
  /** Gives another account what the bootstrap stack gives it. */
  openAccount(accountId: string): Promise<{ readonly clientConfig: LocalAws["clientConfig"] }>;
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
    openAccount: async (accountId) => {
      const clientConfig = aws.clientConfigFor(accountId);
      await createRegistry({ clientConfig }, { ...PLACE, accountId });
      return { clientConfig };
    },
    close: async () => {
      await aws.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The registry table and the boundary, as the bootstrap stack has them. */
export async function createRegistry(
  { clientConfig }: Pick<LocalAws, "clientConfig">,
  place: Place = PLACE,
): Promise<void> {
  const keys = [...Object.values(REGISTRY_KEY), OPEN_KEY.partition, OPEN_KEY.sort];
  const dynamoDb = new DynamoDBClient(clientConfig);
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: registryTableName(place.accountId, place.region),
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
      PolicyName: testBoundaryName(place),
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    }),
  );
  iam.destroy();
}

/** A verb of `automock test-env` in a process of its own: see test-env-process.ts. */
export type RunProcess = (
  args: Parameters<typeof testEnvVerb>[1],
  env?: Readonly<Record<string, string>>,
) => Promise<Finished>;

/** Bundles the process once, because it is started hundreds of times. */
export function processOf({ folder }: TestEnvStage): RunProcess {
  const file = join(folder, "test-env-process.js");
  buildSync({
    entryPoints: [join(__dirname, "test-env-process.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    target: "node20",
    logLevel: "error",
  });
  return (args, env = {}) =>
    run(process.execPath, {
      args: [file, folder, ...args],
      cwd: folder,
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...env },
    });
}

export function registryOf({ aws }: TestEnvStage): TestRunRegistry {
  return new TestRunRegistry(new DynamoDBClient(aws.clientConfig), PLACE);
}

/** Names of everything of test environments that exists, but for those of some runs. */
export async function leftOf({ aws }: TestEnvStage, except: readonly string[] = []): Promise<string[]> {
  const { clientConfig } = aws;
  const apis = new ApiGatewayV2Client(clientConfig);
  const rest = new APIGatewayClient(clientConfig);
  const lambda = new LambdaClient(clientConfig);
  const [everything, { Items = [] }, { items = [] }, { EventSourceMappings = [] }] = await Promise.all([
    listEverything(aws.env, PLACE.region),
    apis.send(new GetApisCommand({})),
    rest.send(new GetRestApisCommand({})),
    lambda.send(new ListEventSourceMappingsCommand({})),
  ]);
  for (const client of [apis, rest, lambda]) client.destroy();
  return [
    ...everything.map(({ service, type, id }) => `${service} ${type} ${id}`),
    ...Items.map(({ Name }) => `apigateway http-api ${Name}`),
    ...items.map(({ name }) => `apigateway rest-api ${name}`),
    ...EventSourceMappings.map(({ FunctionArn }) => `lambda event-source-mapping ${FunctionArn}`),
  ].filter((name) => /test-(?!functions)/.test(name) && !except.some((run) => name.includes(run)));
}
