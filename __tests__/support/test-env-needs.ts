import { registryTableName } from "../../contract/names";
import type { Request } from "./iam-evaluator/policy";
import { PLACE } from "./test-env-stage";

/** A call of the SDK as a run makes it. */
export interface SeenCall {
  readonly client: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Input = Readonly<Record<string, string | undefined>>;

const { accountId, region } = PLACE;
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
const api = (path: string) => `arn:aws:apigateway:${region}::${path}`;
const role = (input: Input) => iam(`role/automock-test/${input.RoleName}`);
const queueOf = (input: Input) => arn("sqs", (input.QueueUrl ?? `/${input.QueueName}`).split("/").at(-1)!);
const table = (input: Input) =>
  input.TableName ? arn("dynamodb", `table/${input.TableName}`) : input.ResourceArn!;
const fn = (input: Input) => arn("lambda", `function:${input.FunctionName}`);
const rule = (input: Input) => arn("events", `rule/${input.Name ?? input.Rule}`);
const group = (input: Input) => arn("logs", `log-group:${input.logGroupName}`);
const topic = (input: Input) => input.TopicArn ?? input.ResourceArn ?? arn("sns", input.Name!);
const bucket = (input: Input) => `arn:aws:s3:::${input.Bucket}`;

/** Resource of each operation, by client; `*` where AWS knows none. The action has the operation's name. */
const RESOURCES: Readonly<Record<string, (input: Input) => string>> = {
  S3: bucket,
  DynamoDB: table,
  SQS: queueOf,
  SNS: topic,
  IAM: role,
  Lambda: fn,
  EventBridge: rule,
  CloudWatchLogs: group,
  ResourceGroupsTaggingAPI: () => "*",
};

const PREFIX: Readonly<Record<string, string>> = {
  EventBridge: "events",
  CloudWatchLogs: "logs",
  ResourceGroupsTaggingAPI: "tag",
};

const LISTING = new Set([
  "ListBuckets",
  "ListTables",
  "ListTopics",
  "ListQueues",
  "ListRules",
  "ListRoles",
  "ListEventSourceMappings",
  "DescribeLogGroups",
  "GetAccountSummary",
  "GetAccountSettings",
]);

/** S3's actions are not named after its operations: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const S3_ACTION: Readonly<Record<string, string>> = {
  ListBuckets: "ListAllMyBuckets",
  HeadBucket: "ListBucket",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListObjectVersions: "ListBucketVersions",
  DeleteObjects: "DeleteObject",
};

/**
 * What IAM asks for a call of a run.
 *
 * @param mine tags of what exists with a random id: APIs, and the function of an event source mapping
 */
export function needsOf({ client, operation, input }: SeenCall, mine: Owner): Request[] {
  const service = client.replace(/Client$/, "");
  const flat = input as Input;
  if (operation === "GetCallerIdentity") return [];
  if (service.startsWith("ApiGateway") || service === "APIGateway") return [apiNeed(operation, input, mine)];
  if (service === "DynamoDB" && isOfRegistry(input)) return registryNeeds(operation, input);
  if (/EventSourceMapping$|^ListTags$/.test(operation)) return mappingNeeds(operation, input, mine);
  const prefix = PREFIX[service] ?? service.toLowerCase();
  const action = `${prefix}:${service === "S3" ? (S3_ACTION[operation] ?? operation) : operation}`;
  const resource = LISTING.has(operation) ? "*" : RESOURCES[service]!(withArn(flat));
  const tags = tagsOf(input);
  return [
    { action, resource, context: { ...requestTags(tags), ...extraContext(operation, input) } },
    ...(tags && service !== "S3" ? [tagging(prefix, resource, tags)] : []),
    ...(tags && service === "S3" ? [{ action: "s3:TagResource", resource, context: requestTags(tags) }] : []),
    ...(operation === "CreateFunction"
      ? [
          {
            action: "iam:PassRole",
            resource: flat.Role!,
            context: { "iam:PassedToService": "lambda.amazonaws.com" },
          },
        ]
      : []),
  ];
}

export interface Owner {
  readonly environment: string;
  readonly functionArn: string;
}

/** Operations on tags name their resource by its ARN, each service in its own way. */
function withArn(input: Input): Input {
  const given = input.ResourceARN ?? input.resourceArn ?? input.Resource;
  if (given === undefined) return input;
  const name = given.split(/[/:]/).at(-1);
  const logGroupName = given.split("log-group:")[1];
  return { ...input, Name: name, FunctionName: name, logGroupName };
}

const TAG_ACTION: Readonly<Record<string, string>> = { iam: "TagRole", sqs: "TagQueue" };

function tagging(prefix: string, resource: string, tags: Tags): Request {
  return {
    action: `${prefix}:${TAG_ACTION[prefix] ?? "TagResource"}`,
    resource,
    context: requestTags(tags),
  };
}

type Tags = Readonly<Record<string, string>>;

function tagsOf(input: SeenCall["input"]): Tags | undefined {
  const nested = (input.CreateBucketConfiguration as { Tags?: unknown } | undefined)?.Tags;
  const tags = input.Tags ?? input.tags ?? nested;
  if (tags === undefined) return undefined;
  return Array.isArray(tags)
    ? Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
    : (tags as Tags);
}

function requestTags(tags: Tags | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  );
}

function extraContext(operation: string, input: SeenCall["input"]): Record<string, string> {
  const boundary = "arn:aws:iam::123456789012:policy/automock-bootstrap-us-east-1-test-functions";
  if (operation === "CreateRole") return { "iam:PermissionsBoundary": input.PermissionsBoundary as string };
  // The role of the run, as it was created.
  if (operation === "PutRolePolicy") return { "iam:PermissionsBoundary": boundary };
  if (operation === "AddPermission") return { "lambda:Principal": input.Principal as string };
  return {};
}

function mappingNeeds(operation: string, input: SeenCall["input"], mine: Owner): Request[] {
  const mapping = arn("lambda", `event-source-mapping:${(input.UUID as string) ?? "new"}`);
  const action = `lambda:${operation}`;
  if (operation === "ListEventSourceMappings") return [{ action, resource: "*", context: {} }];
  if (operation === "ListTags") return [{ action, resource: input.Resource as string, context: {} }];
  const context = { "lambda:FunctionArn": mine.functionArn };
  if (operation !== "CreateEventSourceMapping") return [{ action, resource: mapping, context }];
  const own = { "lambda:FunctionArn": fn(input as Input) };
  return [{ action, resource: "*", context: own }, tagging("lambda", mapping, tagsOf(input)!)];
}

/** Actions of API Gateway are HTTP methods: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html */
function apiNeed(operation: string, input: SeenCall["input"], { environment }: Owner): Request {
  const { ApiId, restApiId } = input as Input;
  const [, verb, what = ""] = /^(Get|Create|Delete|Put|Update)(\w+)$/.exec(operation)!;
  const method = { Get: "GET", Create: "POST", Delete: "DELETE", Put: "PUT", Update: "PATCH" }[verb!]!;
  const own = ApiId ? `/apis/${ApiId}` : restApiId ? `/restapis/${restApiId}` : undefined;
  const collection = /RestApi/.test(operation) ? "/restapis" : "/apis";
  const child = /^(Rest)?Apis?$/.test(what) ? "" : `/${what.toLowerCase().replace(/s?$/, "s")}`;
  const ofOwn = {
    "aws:ResourceTag/automock:environment": environment,
    "aws:ResourceTag/automock:system": "test",
  };
  return {
    action: `apigateway:${method}`,
    resource: api(own === undefined ? collection : `${own}${child}`),
    context: { ...(own && ofOwn), ...requestTags(tagsOf(input)) },
  };
}

const REGISTRY = registryTableName(accountId, region);

function isOfRegistry(input: SeenCall["input"]): boolean {
  return JSON.stringify([input.TableName, input.TransactItems, input.RequestItems]).includes(REGISTRY);
}

function registryNeeds(operation: string, input: SeenCall["input"]): Request[] {
  const need = (action: string, pk: string): Request => ({
    action: `dynamodb:${action}`,
    resource: arn("dynamodb", `table/${REGISTRY}`),
    context: { "dynamodb:LeadingKeys": [pk] },
  });
  const pkOf = (one: unknown) => /"pk":\{"S":"([^"]+)"|":pk":\{"S":"([^"]+)"/.exec(JSON.stringify(one))!;
  const first = (one: unknown) => pkOf(one)[1] ?? pkOf(one)[2]!;
  if (operation !== "TransactWriteItems") return [need(operation, first(input))];
  return (input.TransactItems as Readonly<Record<string, unknown>>[]).flatMap((item) =>
    Object.entries(item).map(([kind, one]) => need(`${kind}Item`, first(one))),
  );
}
