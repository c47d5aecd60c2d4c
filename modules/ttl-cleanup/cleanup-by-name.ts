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

/** Untagged by nature or by their maker: the session must be for an environment, and the name is exact. */
const IN_A_SESSION: Conditions = { Null: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"] } };

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
  const ownOfRun = `${TEST_SYSTEM}-${ENVIRONMENT}`;
  const buckets = environmentBuckets(names.accountId, names.region, ENVIRONMENT).map((bucket) =>
    names.bucketArn(bucket),
  );
  const state = names.bucketArn(reaper.stateBucketName, stateKey("automock", ENVIRONMENT));
  return [
    {
      sid: "Buckets",
      actions: BUCKET_ACTIONS,
      resources: buckets.flatMap((bucket) => [bucket, `${bucket}/*`]),
      conditions: IN_A_SESSION,
    },
    {
      // The buckets of a test environment are as many as its spec says. Its name ends in six letters of chance, so
      // that no other's starts like it.
      sid: "BucketsOfRuns",
      actions: BUCKET_ACTIONS,
      resources: ["", "/*"].map((end) => names.bucketArn(`${ownOfRun}-*-${names.accountId}${end}`)),
      conditions: {
        ...IN_A_SESSION,
        StringLike: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["?*-??????"] },
      },
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
      conditions: IN_A_SESSION,
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
        names.arn("logs", `log-group:/${ownOfRun}/*`),
        names.arn("logs", `log-group:/aws/ecs/containerinsights/${own}/*`),
        names.arn("logs", `log-group:/aws/lambda/${own}/*`),
        names.arn("logs", `log-group:/aws/rds/instance/${own}/*`),
      ],
      conditions: IN_A_SESSION,
    },
    {
      // What someone started in the environment's cluster by hand has no tags.
      sid: "TasksByName",
      actions: ["ecs:StopTask"],
      resources: [names.arn("ecs", `task/${own}/*`)],
      conditions: IN_A_SESSION,
    },
    {
      sid: "Dashboards",
      actions: ["cloudwatch:DeleteDashboards"],
      resources: [`arn:${names.partition}:cloudwatch::${names.accountId}:dashboard/${own}`],
      conditions: IN_A_SESSION,
    },
    {
      // An alias has no tags; deleting one also needs the right on its key, which is by tag.
      sid: "KeyAliases",
      actions: ["kms:DeleteAlias"],
      resources: [...["", "-*", "/*"].map((end) => names.arn("kms", `alias/${own}${end}`))],
      conditions: IN_A_SESSION,
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
      conditions: IN_A_SESSION,
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
        Null: {
          "dynamodb:LeadingKeys": ["false"],
          [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"],
        },
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
