import { BUCKET_PURPOSE, stateKey } from "../../contract/names";
import { scheduleName, SCHEDULES, SESSION_TAG, type ReaperNames } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import { TEST_SYSTEM } from "../../contract/test-run";
import type { PolicyStatement } from "../shared/policy-document";
import { recordNames, type ReaperLimits } from "./reaper-limits";

/** IAM's variables for the environment that the session was opened for, and for its own VPC. */
const ENVIRONMENT = `\${aws:PrincipalTag/${SESSION_TAG.environment}}`;
const VPC_ID = `\${aws:PrincipalTag/${SESSION_TAG.vpcId}}`;

type Conditions = NonNullable<PolicyStatement["conditions"]>;

/** The session must be for an environment. */
const IN_A_SESSION: Conditions = { Null: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"] } };

/**
 * The session must be for a stack or a run. Where the resource has the environment's name as a variable, it matches
 * nothing without the environment's tag.
 */
const ofSystem = (system: string): Conditions => ({
  StringEquals: { [`aws:PrincipalTag/${SESSION_TAG.system}`]: [system] },
});
const OF_A_STACK = ofSystem("automock");
const OF_A_RUN = ofSystem(TEST_SYSTEM);

const BUCKET_ACTIONS = [
  "s3:AbortMultipartUpload",
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:ListBucket",
  "s3:ListBucketMultipartUploads",
  "s3:ListBucketVersions",
];

/** What carries no tag, by its exact name or a prefix that ends in a slash, so that `pr-1` never reaches `pr-1-a`. */
export function namedStatements(
  reaper: ReaperNames,
  { ephemeralDomains }: Pick<ReaperLimits, "ephemeralDomains">,
): readonly PolicyStatement[] {
  const { names } = reaper;
  const own = `automock-${ENVIRONMENT}`;
  const buckets = environmentBuckets(names.accountId, names.region, ENVIRONMENT).map((bucket) =>
    names.bucketArn(bucket),
  );
  const state = names.bucketArn(reaper.stateBucketName, stateKey("automock", ENVIRONMENT));
  return [
    {
      sid: "Buckets",
      actions: BUCKET_ACTIONS,
      resources: buckets.flatMap((bucket) => [bucket, `${bucket}/*`]),
      conditions: OF_A_STACK,
    },
    {
      sid: "Schedules",
      actions: [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
      resources: SCHEDULES.map((schedule) =>
        names.arn("scheduler", `schedule/${reaper.scheduleGroupName}/${scheduleName(ENVIRONMENT, schedule)}`),
      ),
      conditions: OF_A_STACK,
    },
    {
      sid: "HandTheInvokeRoleToSchedules",
      actions: ["iam:PassRole"],
      resources: [reaper.schedulerRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["scheduler.amazonaws.com"] } },
    },
    {
      // Services make log groups under the environment's name without tags, also again when a writer outlives them.
      sid: "LogGroupsByName",
      actions: ["logs:DeleteLogGroup", "logs:PutLogGroupDeletionProtection"],
      resources: [
        names.arn("logs", `log-group:/${own}/*`),
        names.arn("logs", `log-group:/aws/ecs/containerinsights/${own}/*`),
        names.arn("logs", `log-group:/aws/lambda/${own}/*`),
        names.arn("logs", `log-group:/aws/rds/instance/${own}/*`),
      ],
      conditions: OF_A_STACK,
    },
    {
      // What someone started in the environment's cluster by hand has no tags.
      sid: "TasksByName",
      actions: ["ecs:StopTask"],
      resources: [names.arn("ecs", `task/${own}/*`)],
      conditions: OF_A_STACK,
    },
    {
      sid: "Dashboards",
      actions: ["cloudwatch:DeleteDashboards"],
      resources: [`arn:${names.partition}:cloudwatch::${names.accountId}:dashboard/${own}`],
      conditions: OF_A_STACK,
    },
    {
      // An alias has no tags; deleting one also needs the right on its key, which is by tag.
      sid: "KeyAliases",
      actions: ["kms:DeleteAlias"],
      resources: [...["", "-*", "/*"].map((end) => names.arn("kms", `alias/${own}${end}`))],
      conditions: OF_A_STACK,
    },
    {
      // AWS services make interfaces without tags. Without the session tag of an owned VPC the variable has
      // no value, and nothing matches.
      sid: "InterfacesInTheVpc",
      actions: ["ec2:DeleteNetworkInterface"],
      resources: [names.arn("ec2", "network-interface/*")],
      conditions: {
        ArnEquals: { "ec2:Vpc": [names.arn("ec2", `vpc/${VPC_ID}`)] },
        Null: {
          [`aws:PrincipalTag/${SESSION_TAG.vpcId}`]: ["false"],
          [`aws:ResourceTag/${TAG.environment}`]: ["true"],
        },
      },
    },
    ...dnsStatements(names.partition, ephemeralDomains),
    {
      sid: "State",
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      resources: [state, `${state}.reaped.json`],
      conditions: OF_A_STACK,
    },
    {
      sid: "StateDigest",
      actions: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [reaper.lockTableArn],
      conditions: {
        "ForAllValues:StringEquals": {
          "dynamodb:LeadingKeys": [`${reaper.stateBucketName}/${stateKey("automock", ENVIRONMENT)}-md5`],
        },
        // ForAllValues is true as well when the request has no key at all.
        Null: { "dynamodb:LeadingKeys": ["false"] },
        ...OF_A_STACK,
      },
    },
    {
      // Neither action takes a resource: modules/iam/wildcards.ts.
      sid: "WithoutResource",
      actions: ["ecs:DeregisterTaskDefinition", "logs:DeleteQueryDefinition"],
      resources: ["*"],
      conditions: IN_A_SESSION,
    },
  ];
}

/** The same for the session of a test run: buckets and log groups under its name. */
export function runStatements({ names }: ReaperNames): readonly PolicyStatement[] {
  const own = `${TEST_SYSTEM}-${ENVIRONMENT}`;
  return [
    {
      // As many as the spec of the run says. A run's name ends in six letters of chance, so that no other's starts
      // like it.
      sid: "BucketsOfRuns",
      actions: BUCKET_ACTIONS,
      resources: ["", "/*"].map((end) => names.bucketArn(`${own}-*-${names.accountId}${end}`)),
      conditions: OF_A_RUN,
    },
    {
      sid: "LogGroupsOfRuns",
      actions: ["logs:DeleteLogGroup"],
      resources: [names.arn("logs", `log-group:/${own}/*`)],
      conditions: OF_A_RUN,
    },
  ];
}

/**
 * DNS records under the domains of ephemeral environments. IAM cannot know which of them is whose: the code compares
 * name, type and value first.
 */
function dnsStatements(partition: string, domains: readonly string[]): PolicyStatement[] {
  if (domains.length === 0) return [];
  const key = (name: string) => `route53:ChangeResourceRecordSets${name}`;
  return [
    {
      sid: "DnsRecords",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: [`arn:${partition}:route53:::hostedzone/*`],
      conditions: {
        "ForAllValues:StringEquals": {
          [key("Actions")]: ["DELETE"],
          [key("RecordTypes")]: ["A", "AAAA", "CNAME"],
        },
        "ForAllValues:StringLike": { [key("NormalizedRecordNames")]: recordNames(domains) },
        // ForAllValues is true as well when the request has no key at all.
        Null: {
          [key("Actions")]: ["false"],
          [key("NormalizedRecordNames")]: ["false"],
          [key("RecordTypes")]: ["false"],
          [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"],
        },
      },
    },
  ];
}

/** Names of an environment's buckets; the environment may be an IAM variable. Equal to `Names.bucket`. */
export function environmentBuckets(accountId: string, region: string, environment: string): string[] {
  return Object.values(BUCKET_PURPOSE).map(
    (purpose) => `automock-${environment}-${purpose}-${accountId}-${region}`,
  );
}
