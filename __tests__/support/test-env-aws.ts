import type { Operation, Operations } from "./aws-simulator/kernel/call";
import type { VirtualClock } from "./aws-simulator/kernel/clock";
import { AwsError } from "./aws-simulator/kernel/errors";
import type { Duration, Random } from "./aws-simulator/kernel/random";

/**
 * What AWS does between a call of a test environment and the moment at which its effect can be used, in milliseconds.
 * Medians and tails are at least as slow as what docs/benchmarks.md cites as published.
 */
export const TEST_ENV_DURATIONS = {
  table: { median: 7_000, p95: 14_000, atMost: 40_000 },
  tableWithIndex: { median: 9_000, p95: 20_000, atMost: 45_000 },
  tableDeleted: { median: 3_000, p95: 8_000, atMost: 30_000 },
  roleUsable: { median: 5_000, p95: 10_000, atMost: 45_000 },
  functionActive: { median: 2_000, p95: 5_000, atMost: 20_000 },
  mappingDeleted: { median: 5_000, p95: 15_000, atMost: 40_000 },
} as const satisfies Record<string, Duration>;

interface Thing {
  readonly tags: Readonly<Record<string, string>>;
  /** When it can be used. */
  readonly readyAt: number;
  /** When it is gone, once it is being deleted. */
  goneAt?: number;
}

type Input = Readonly<Record<string, unknown>>;
type TagList = readonly { readonly Key: string; readonly Value: string }[];

const recordOf = (tags: TagList = []) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
const listOf = (tags: Thing["tags"]) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const nameIn = (arn: unknown) => String(arn).split(/[/:]/).at(-1)!;

/** The things of one service. */
class Things {
  private readonly all = new Map<string, Thing>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly missing: string,
    private readonly exists: string,
  ) {}

  create(name: string, tags: Thing["tags"], readyAfter = 0): Thing {
    if (this.find(name)) throw new AwsError(this.exists, `${name} exists`, 409);
    const thing: Thing = { tags, readyAt: this.clock.now() + readyAfter };
    this.all.set(name, thing);
    return thing;
  }

  find(name: string): Thing | undefined {
    const thing = this.all.get(name);
    return thing && (thing.goneAt ?? Infinity) > this.clock.now() ? thing : undefined;
  }

  get(name: string): Thing {
    const thing = this.find(name);
    if (!thing) throw new AwsError(this.missing, `${name} does not exist`, 404);
    return thing;
  }

  delete(name: string, after = 0): void {
    const thing = this.get(name);
    thing.goneAt ??= this.clock.now() + after;
  }

  isReady(name: string): boolean {
    return this.get(name).readyAt <= this.clock.now();
  }

  names(): string[] {
    return [...this.all.keys()].filter((name) => this.find(name));
  }
}

/** An AWS that has the operations of test environments, empty at first. */
export function testEnvAws(clock: VirtualClock, random: Random) {
  const of = (missing: string, exists = missing) => new Things(clock, missing, exists);
  const tables = of("ResourceNotFoundException", "ResourceInUseException");
  const buckets = of("NoSuchBucket", "BucketAlreadyOwnedByYou");
  const queues = of("QueueDoesNotExist", "QueueNameExists");
  const roles = of("NoSuchEntityException", "EntityAlreadyExistsException");
  const groups = of("ResourceNotFoundException", "ResourceAlreadyExistsException");
  const functions = of("ResourceNotFoundException", "ResourceConflictException");
  const mappings = of("ResourceNotFoundException", "ResourceConflictException");
  const apis = of("NotFoundException", "ConflictException");
  const policies = new Set<string>();
  const after = (duration: Duration) => random.duration(duration);
  const op = (run: (input: Input) => object): Operation => ({
    needs: () => [],
    run: (input) => run(input as Input),
  });
  const services: Readonly<Record<string, Readonly<Record<string, (input: Input) => object>>>> = {
    STS: { GetCallerIdentity: () => ({ Account: "123456789012" }) },
    "Resource Groups Tagging API": {
      // The index lags behind a run.
      GetResources: () => ({ ResourceTagMappingList: [] }),
    },
    DynamoDB: {
      CreateTable: ({ TableName, Tags, GlobalSecondaryIndexes }) => {
        const duration = GlobalSecondaryIndexes
          ? TEST_ENV_DURATIONS.tableWithIndex
          : TEST_ENV_DURATIONS.table;
        tables.create(String(TableName), recordOf(Tags as TagList), after(duration));
        return { TableDescription: {} };
      },
      DescribeTable: ({ TableName }) => {
        const name = String(TableName);
        const isDeleting = tables.get(name).goneAt !== undefined;
        const TableStatus = isDeleting ? "DELETING" : tables.isReady(name) ? "ACTIVE" : "CREATING";
        return { Table: { TableName, TableStatus, TableArn: `arn:aws:dynamodb:::table/${name}` } };
      },
      UpdateTimeToLive: ({ TableName }) => tables.get(String(TableName)) && {},
      ListTables: () => ({ TableNames: tables.names() }),
      ListTagsOfResource: ({ ResourceArn }) => ({ Tags: listOf(tables.get(nameIn(ResourceArn)).tags) }),
      DeleteTable: ({ TableName }) => {
        if (!tables.isReady(String(TableName)))
          throw new AwsError("ResourceInUseException", "Table is being created");
        tables.delete(String(TableName), after(TEST_ENV_DURATIONS.tableDeleted));
        return {};
      },
    },
    S3: {
      CreateBucket: ({ Bucket, CreateBucketConfiguration }) => {
        const { Tags } = CreateBucketConfiguration as { Tags?: TagList };
        buckets.create(String(Bucket), recordOf(Tags));
        return {};
      },
      GetBucketTagging: ({ Bucket }) => ({ TagSet: listOf(buckets.get(String(Bucket)).tags) }),
      HeadBucket: ({ Bucket }) => buckets.get(String(Bucket)) && {},
      ListBuckets: () => ({ Buckets: buckets.names().map((Name) => ({ Name })) }),
      ListMultipartUploads: () => ({}),
      ListObjectVersions: () => ({}),
      DeleteBucketPolicy: () => ({}),
      DeleteBucket: ({ Bucket }) => (buckets.delete(String(Bucket)), {}),
    },
    SQS: {
      CreateQueue: ({ QueueName, tags }) => {
        queues.create(String(QueueName), tags as Thing["tags"]);
        return { QueueUrl: `https://sqs/${QueueName as string}` };
      },
      GetQueueUrl: ({ QueueName }) =>
        queues.get(String(QueueName)) && { QueueUrl: `https://sqs/${QueueName as string}` },
      GetQueueAttributes: ({ QueueUrl }) => queues.get(nameIn(QueueUrl)) && {},
      ListQueueTags: ({ QueueUrl }) => ({ Tags: queues.get(nameIn(QueueUrl)).tags }),
      ListQueues: () => ({ QueueUrls: queues.names().map((name) => `https://sqs/${name}`) }),
      DeleteQueue: ({ QueueUrl }) => (queues.delete(nameIn(QueueUrl)), {}),
    },
    SNS: { ListTopics: () => ({}) },
    EventBridge: { ListRules: () => ({}) },
    "API Gateway": { GetRestApis: () => ({}) },
    IAM: {
      GetAccountSummary: () => ({ SummaryMap: { Roles: 1, RolesQuota: 1000 } }),
      CreateRole: ({ RoleName, Tags }) => {
        roles.create(String(RoleName), recordOf(Tags as TagList), after(TEST_ENV_DURATIONS.roleUsable));
        return { Role: { Arn: `arn:aws:iam::123456789012:role/automock-test/${RoleName as string}` } };
      },
      GetRole: ({ RoleName }) => ({ Role: { RoleName, Tags: listOf(roles.get(String(RoleName)).tags) } }),
      PutRolePolicy: ({ RoleName }) => (policies.add(String(RoleName)), {}),
      ListRoles: () => ({
        Roles: roles.names().map((RoleName) => ({
          RoleName,
          Arn: `arn:aws:iam::123456789012:role/automock-test/${RoleName}`,
        })),
      }),
      ListInstanceProfilesForRole: () => ({}),
      ListAttachedRolePolicies: () => ({}),
      ListRolePolicies: ({ RoleName }) => ({ PolicyNames: policies.has(String(RoleName)) ? ["uses"] : [] }),
      DeleteRolePolicy: ({ RoleName }) => (policies.delete(String(RoleName)), {}),
      DeleteRole: ({ RoleName }) => {
        if (policies.has(String(RoleName))) throw new AwsError("DeleteConflictException", "has policies");
        return (roles.delete(String(RoleName)), {});
      },
    },
    "CloudWatch Logs": {
      CreateLogGroup: ({ logGroupName, tags }) => (
        groups.create(String(logGroupName), tags as Thing["tags"]),
        {}
      ),
      CreateLogStream: () => ({}),
      PutLogEvents: () => ({}),
      PutRetentionPolicy: ({ logGroupName }) => groups.get(String(logGroupName)) && {},
      DescribeLogGroups: ({ logGroupNamePrefix }) => ({
        logGroups: groups
          .names()
          .filter((name) => name.startsWith(String(logGroupNamePrefix)))
          .map((logGroupName) => ({
            logGroupName,
            arn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`,
          })),
      }),
      ListTagsForResource: ({ resourceArn }) => ({
        tags: groups.get(String(resourceArn).split("log-group:")[1]!).tags,
      }),
      DeleteLogGroup: ({ logGroupName }) => (groups.delete(String(logGroupName)), {}),
    },
    Lambda: {
      GetAccountSettings: () => ({
        AccountLimit: { TotalCodeSize: 80e9 },
        AccountUsage: { TotalCodeSize: 1 },
      }),
      CreateFunction: ({ FunctionName, Role, Tags }) => {
        if (!roles.find(nameIn(Role)) || !roles.isReady(nameIn(Role)))
          throw new AwsError(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
          );
        functions.create(
          String(FunctionName),
          Tags as Thing["tags"],
          after(TEST_ENV_DURATIONS.functionActive),
        );
        return {};
      },
      GetFunction: ({ FunctionName }) => ({
        Tags: functions.get(String(FunctionName)).tags,
        Configuration: { State: functions.isReady(String(FunctionName)) ? "Active" : "Pending" },
      }),
      GetFunctionConfiguration: ({ FunctionName }) => functions.get(String(FunctionName)) && {},
      AddPermission: ({ FunctionName }) => functions.get(String(FunctionName)) && {},
      ListTags: ({ Resource }) => ({
        Tags: (/event-source-mapping/.test(String(Resource)) ? mappings : functions).get(nameIn(Resource))
          .tags,
      }),
      DeleteFunction: ({ FunctionName }) => (functions.delete(String(FunctionName)), {}),
      CreateEventSourceMapping: ({ FunctionName, Tags }) => {
        mappings.create(`mapping-of-${FunctionName as string}`, Tags as Thing["tags"]);
        return { UUID: `mapping-of-${FunctionName as string}` };
      },
      GetEventSourceMapping: ({ UUID }) => ({
        State: mappings.get(String(UUID)).goneAt === undefined ? "Enabled" : "Deleting",
      }),
      ListEventSourceMappings: ({ FunctionName }) => ({
        EventSourceMappings: mappings
          .names()
          .filter((name) => FunctionName === undefined || name === `mapping-of-${FunctionName as string}`)
          .map((UUID) => ({
            UUID,
            FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${UUID.slice("mapping-of-".length)}`,
            State: mappings.get(UUID).goneAt === undefined ? "Enabled" : "Deleting",
          })),
      }),
      DeleteEventSourceMapping: ({ UUID }) => (
        mappings.delete(String(UUID), after(TEST_ENV_DURATIONS.mappingDeleted)),
        {}
      ),
    },
    ApiGatewayV2: {
      CreateApi: ({ Name, Tags }) => {
        const ApiId = `${Name as string}~${random.hex(4)}`;
        apis.create(ApiId, Tags as Thing["tags"]);
        return { ApiId, ApiEndpoint: `https://${ApiId}.example` };
      },
      GetApi: ({ ApiId }) => apis.get(String(ApiId)) && { ApiId },
      GetApis: () => ({
        Items: apis
          .names()
          .map((ApiId) => ({ ApiId, Name: ApiId.split("~")[0], Tags: apis.get(ApiId).tags })),
      }),
      GetIntegrations: () => ({}),
      GetRoutes: () => ({}),
      GetStages: () => ({}),
      CreateIntegration: () => ({ IntegrationId: "i" }),
      CreateRoute: () => ({}),
      CreateStage: () => ({}),
      DeleteApi: ({ ApiId }) => (apis.delete(String(ApiId)), {}),
    },
  };
  const left = () =>
    [tables, buckets, queues, roles, groups, functions, mappings, apis].flatMap((one) => one.names());
  return {
    left,
    services: Object.fromEntries(
      Object.entries(services).map(([service, all]) => [
        service,
        Object.fromEntries(Object.entries(all).map(([name, run]) => [name, op(run)])) as Operations,
      ]),
    ),
  };
}
