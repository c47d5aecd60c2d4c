import type { Names } from "../../contract/names";
import { reaperNames } from "../../contract/reaper";
import { OPEN_KEY, registryKey } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import { TEST_KEY, TEST_METRICS, TEST_SYSTEM, TEST_TAG, testBoundaryArn } from "../../contract/test-run";
import { SEE_EVERYTHING } from "../iam/wildcards";
import type { PolicyStatement } from "../shared/policy-document";
import { dataStatements } from "./data-rights";
import { testArns, type TestArns } from "./test-names";

type Conditions = NonNullable<PolicyStatement["conditions"]>;

/** What a pipeline may do for the runs of one spec. Inline policies of a role have 10,240 characters together. */
export function runStatements(
  names: Names,
  spec: string,
): Readonly<Record<string, readonly PolicyStatement[]>> {
  // A run id ends in six letters; IAM's `?` is one character.
  const runs = `${spec}-??????`;
  const arns = testArns(names, runs);
  return {
    see: seeStatements(names),
    registry: registryStatements(names, spec, runs),
    own: ownStatements(names, arns, runs),
    never: neverStatements(names, runs),
  };
}

/** What is there, its tags and its state, as `down` lists it. No contents and no environment variables. */
function seeStatements(names: Names): readonly PolicyStatement[] {
  return [
    {
      sid: SEE_EVERYTHING,
      actions: [
        ...of("dynamodb", "DescribeTable", "ListTables", "ListTagsOfResource"),
        ...of("events", "DescribeRule", "ListRules", "ListTagsForResource", "ListTargetsByRule"),
        ...of(
          "iam",
          "GetRole",
          "ListAttachedRolePolicies",
          "ListInstanceProfilesForRole",
          "ListRolePolicies",
          "ListRoles",
        ),
        ...of("lambda", "GetEventSourceMapping", "ListEventSourceMappings", "ListTags"),
        ...of("logs", "DescribeLogGroups", "ListTagsForResource"),
        ...of("s3", "GetBucketTagging", "ListAllMyBuckets"),
        ...of("sns", "GetTopicAttributes", "ListTagsForResource", "ListTopics"),
        ...of("sqs", "GetQueueAttributes", "ListQueueTags", "ListQueues"),
        ...of("tag", "GetResources"),
      ],
      resources: ["*"],
    },
    { sid: "SeeQuotas", actions: ["iam:GetAccountSummary", "lambda:GetAccountSettings"], resources: ["*"] },
    {
      // Not on "*": that would show the values of API keys.
      sid: "SeeApis",
      actions: ["apigateway:GET"],
      resources: apis(names, ["/apis", "/apis/*", "/restapis", "/restapis/*"]),
    },
  ];
}

/** The records, slots and times of its own runs, and what all runs share. Other records can only be read. */
function registryStatements(
  { accountId, region }: Names,
  spec: string,
  runs: string,
): readonly PolicyStatement[] {
  const { registryTableArn } = reaperNames(accountId, region);
  const written = [
    registryKey(runs).pk,
    TEST_KEY.slot(spec, 0).pk,
    TEST_KEY.stats(spec, "", "").pk,
    TEST_KEY.breaker("*").pk,
    TEST_KEY.pace("*").pk,
  ];
  const withKeys = (keys: readonly string[]): Conditions => ({
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys },
    // ForAllValues is true as well when the request has no key at all.
    Null: { "dynamodb:LeadingKeys": ["false"] },
  });
  return [
    {
      sid: "KeepRecords",
      actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [registryTableArn],
      conditions: withKeys(written),
    },
    {
      sid: "ReadRecords",
      actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
      resources: [registryTableArn],
      conditions: withKeys([...written, registryKey("*").pk]),
    },
    {
      sid: "ListRecords",
      actions: ["dynamodb:Query"],
      resources: [`${registryTableArn}/index/*`],
      conditions: withKeys([OPEN_KEY.value]),
    },
  ];
}

const of = (service: string, ...actions: string[]) => actions.map((action) => `${service}:${action}`);

/** Calls that create something with tags; API Gateway's are apart, because its parts have none. */
const CREATE = [
  ...of("dynamodb", "CreateTable", "TagResource"),
  ...of("events", "PutRule", "TagResource"),
  ...of("iam", "CreateRole", "TagRole"),
  ...of("lambda", "CreateFunction", "TagResource"),
  ...of("logs", "CreateLogGroup", "TagResource"),
  // A bucket's tags come with its creation and need this right: the creation itself knows no condition for them.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  ...of("s3", "TagResource"),
  ...of("sns", "CreateTopic", "TagResource"),
  ...of("sqs", "CreateQueue", "TagQueue"),
];

/** Settings after the creation, and the deletion. */
const KEEP = [
  ...of("dynamodb", "DeleteTable", "UpdateTable", "UpdateTimeToLive"),
  ...of("events", "DeleteRule", "PutTargets", "RemoveTargets"),
  ...of("iam", "DeleteRole", "DeleteRolePolicy"),
  ...of("lambda", "DeleteFunction", "GetFunction", "GetFunctionConfiguration"),
  ...of("logs", "DeleteLogGroup", "PutRetentionPolicy"),
  ...of(
    "s3",
    "CreateBucket",
    "DeleteBucket",
    "DeleteBucketPolicy",
    "DeleteObjectVersion",
    "ListBucketMultipartUploads",
    "ListBucketVersions",
  ),
  ...of("sns", "DeleteTopic", "Subscribe"),
  ...of("sqs", "DeleteQueue", "GetQueueUrl"),
];

/** What its runs create, by name; what has no name, by the tags or the function of a run. */
function ownStatements(names: Names, arns: TestArns, runs: string): readonly PolicyStatement[] {
  const mappings = names.arn("lambda", "event-source-mapping:*");
  const ofFunctions: Conditions = { ArnLike: { "lambda:FunctionArn": [arns.function] } };
  const ofRuns: Conditions = {
    StringEquals: { [`aws:ResourceTag/${TAG.system}`]: [TEST_SYSTEM] },
    StringLike: { [`aws:ResourceTag/${TAG.environment}`]: [runs] },
  };
  const boundary: Conditions = { StringEquals: { "iam:PermissionsBoundary": [testBoundaryArn(names)] } };
  const data = dataStatements(arns).filter(({ sid }) => sid !== "WriteLogs");
  return [
    {
      sid: "OwnByName",
      actions: [
        ...CREATE.filter((action) => action !== "iam:CreateRole"),
        ...KEEP,
        ...new Set(data.flatMap(({ actions }) => actions)),
      ],
      // Each action fits the names of its own service only.
      resources: [...new Set([...Object.values(arns), ...data.flatMap(({ resources = [] }) => resources)])],
    },
    { sid: "OwnRoles", actions: of("iam", "CreateRole", "PutRolePolicy"), resources: [arns.role], conditions: boundary }, // prettier-ignore
    {
      // Every role of this path has the boundary, because none is created without it and nobody takes it off.
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources: [arns.role],
      conditions: { StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com"] } },
    },
    {
      sid: "LetServicesInvoke",
      actions: ["lambda:AddPermission"],
      resources: [arns.function],
      conditions: {
        StringEquals: {
          "lambda:Principal": ["apigateway", "events", "sns"].map((service) => `${service}.amazonaws.com`),
        },
      },
    },
    { sid: "CreateMappings", actions: of("lambda", "CreateEventSourceMapping"), resources: ["*"], conditions: ofFunctions }, // prettier-ignore
    { sid: "DeleteMappings", actions: of("lambda", "DeleteEventSourceMapping"), resources: [mappings], conditions: ofFunctions }, // prettier-ignore
    { sid: "TagMappings", actions: of("lambda", "TagResource"), resources: [mappings] },
    {
      sid: "CreateApis",
      actions: of("apigateway", "POST", "PUT"),
      resources: apis(names, ["/apis", "/restapis", "/tags/*"]),
      conditions: {
        Null: { [request(TEST_TAG.expiresAt)]: ["false"] },
        StringEquals: { [request(TAG.system)]: [TEST_SYSTEM], [request(TAG.ephemeral)]: ["true"] },
        StringLike: { [request(TAG.environment)]: [runs] },
      },
    },
    {
      // Their ids are random, so their tags say whose they are.
      sid: "KeepApis",
      actions: of("apigateway", "DELETE", "PATCH", "POST", "PUT"),
      resources: apis(names, ["/apis/*", "/restapis/*"]),
      conditions: ofRuns,
    },
    {
      sid: "SendMetrics",
      actions: of("logs", "CreateLogStream", "PutLogEvents"),
      resources: [names.arn("logs", `log-group:${TEST_METRICS.logGroup}:*`)],
    },
  ];
}

/**
 * Whatever is added to the role later: nothing is created without the tags by which it is found and removed, no role
 * without the boundary. A tag that is absent is not equal, so one without tags is denied.
 */
function neverStatements(names: Names, runs: string): readonly PolicyStatement[] {
  const without = (sid: string, conditions: Conditions): PolicyStatement => ({
    sid,
    effect: "Deny",
    actions: CREATE,
    resources: ["*"],
    conditions,
  });
  return [
    without("WithoutRun", { StringNotLike: { [request(TAG.environment)]: [runs] } }),
    without("WithoutSystem", { StringNotEquals: { [request(TAG.system)]: [TEST_SYSTEM] } }),
    without("WithoutExpiry", { Null: { [request(TEST_TAG.expiresAt)]: ["true"] } }),
    {
      sid: "KeepTheBoundary",
      effect: "Deny",
      actions: of("iam", "DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary"),
      resources: ["*"],
    },
    {
      sid: "NoOtherBoundary",
      effect: "Deny",
      actions: ["iam:CreateRole"],
      resources: ["*"],
      conditions: { StringNotEquals: { "iam:PermissionsBoundary": [testBoundaryArn(names)] } },
    },
  ];
}

function request(tag: string): string {
  return `aws:RequestTag/${tag}`;
}

/** ARNs of API Gateway, which name no account. */
function apis({ partition, region }: Names, paths: readonly string[]): readonly string[] {
  return paths.map((path) => `arn:${partition}:apigateway:${region}::${path}`);
}
