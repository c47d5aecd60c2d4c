import { SESSION_TAG, type ReaperNames } from "../../contract/reaper";
import { stateKey } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { PolicyStatement } from "../shared/policy-document";

/** IAM's variable for the environment that the session was opened for. */
const ENVIRONMENT = `\${aws:PrincipalTag/${SESSION_TAG.environment}}`;
const VPC_ID = `\${aws:PrincipalTag/${SESSION_TAG.vpcId}}`;

type Conditions = NonNullable<PolicyStatement["conditions"]>;

/** The resource carries the tag of the session's environment and is marked as ephemeral. */
const OF_THE_ENVIRONMENT: Conditions = {
  StringEquals: {
    [`aws:ResourceTag/${TAG.environment}`]: [ENVIRONMENT],
    [`aws:ResourceTag/${TAG.ephemeral}`]: ["true"],
  },
  // Said twice on purpose: two absent tags must never count as equal.
  Null: {
    [`aws:ResourceTag/${TAG.environment}`]: ["false"],
    [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"],
  },
};

/** Untagged by nature or by their maker: the session must be for an environment, and the name is exact. */
const IN_A_SESSION: Conditions = { Null: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"] } };

/**
 * Everything the cleanup role may change by tag: what carries the one of the environment its session is for.
 * Two policies, because one would be longer than IAM takes.
 * Which actions know `aws:ResourceTag`:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function taggedPolicies({
  names,
}: ReaperNames): Readonly<Record<"workload" | "rest", readonly PolicyStatement[]>> {
  const tagged = (sid: string, service: string, actions: string[], resources: string[]): PolicyStatement => ({
    sid,
    actions: actions.map((action) => `${service}:${action}`),
    resources: resources.map((resource) => names.arn(service, resource)),
    conditions: OF_THE_ENVIRONMENT,
  });
  const workload = [
    tagged(
      "Ecs",
      "ecs",
      [
        "DeleteCluster",
        "DeleteService",
        "DeleteTaskDefinitions",
        "PutClusterCapacityProviders",
        "StopTask",
        "UpdateService",
      ],
      ["cluster/*", "service/*", "task-definition/*", "task/*"],
    ),
    tagged(
      "AutoScaling",
      "application-autoscaling",
      ["DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget"],
      ["scalable-target/*"],
    ),
    tagged(
      "LoadBalancing",
      "elasticloadbalancing",
      [
        "DeleteListener",
        "DeleteLoadBalancer",
        "DeleteRule",
        "DeleteTargetGroup",
        "ModifyLoadBalancerAttributes",
        "ModifyTargetGroupAttributes",
      ],
      ["listener-rule/*", "listener/*", "loadbalancer/*", "targetgroup/*"],
    ),
    tagged(
      "Network",
      "ec2",
      [
        "DeleteFlowLogs",
        "DeleteInternetGateway",
        "DeleteNatGateway",
        "DeleteNetworkAcl",
        "DeleteNetworkInterface",
        "DeleteRouteTable",
        "DeleteSecurityGroup",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteVpcEndpoints",
        "DetachInternetGateway",
        "DisassociateRouteTable",
        "ReleaseAddress",
        "RevokeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
      ],
      ["*/*"],
    ),
    tagged("Certificates", "acm", ["DeleteCertificate"], ["certificate/*"]),
    tagged("Alarms", "cloudwatch", ["DeleteAlarms"], ["alarm:*"]),
    tagged("Logs", "logs", ["DeleteLogGroup", "PutLogGroupDeletionProtection"], ["log-group:*"]),
    tagged("Rules", "events", ["DeleteRule", "RemoveTargets"], ["rule/*"]),
  ];
  const rest = [
    tagged(
      "Databases",
      "rds",
      ["DeleteDBInstance", "DeleteDBParameterGroup", "DeleteDBSubnetGroup", "ModifyDBInstance"],
      ["db:*", "pg:*", "subgrp:*"],
    ),
    tagged("Tables", "dynamodb", ["DeleteTable", "UpdateTable"], ["table/*"]),
    tagged("Functions", "lambda", ["DeleteFunction", "UpdateFunctionConfiguration"], ["function:*"]),
    tagged("Topics", "sns", ["DeleteTopic"], ["*"]),
    tagged("Queues", "sqs", ["DeleteQueue"], ["*"]),
    tagged("Images", "ecr", ["DeleteRepository"], ["repository/*"]),
    tagged("Secrets", "secretsmanager", ["DeleteSecret"], ["secret:*"]),
    tagged("Keys", "kms", ["DeleteAlias", "ScheduleKeyDeletion"], ["key/*"]),
    tagged("ScheduleGroups", "scheduler", ["DeleteScheduleGroup"], ["schedule-group/*"]),
    {
      sid: "Roles",
      actions: [
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
      ],
      resources: ["instance-profile/*", "policy/*", "role/*"].map((resource) => names.iamArn(resource)),
      conditions: OF_THE_ENVIRONMENT,
    },
  ];
  return { workload, rest };
}

/** What carries no tag, by its exact name or a prefix that ends in a slash, so that `pr-1` never reaches `pr-1-a`. */
export function namedStatements(reaper: ReaperNames): readonly PolicyStatement[] {
  const { names } = reaper;
  const own = `automock-${ENVIRONMENT}`;
  const buckets = environmentBuckets(names.accountId, names.region, ENVIRONMENT).map((bucket) =>
    names.bucketArn(bucket),
  );
  const state = names.bucketArn(reaper.stateBucketName, stateKey("automock", ENVIRONMENT));
  return [
    {
      sid: "Buckets",
      actions: [
        "s3:AbortMultipartUpload",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
      ],
      resources: buckets.flatMap((bucket) => [bucket, `${bucket}/*`]),
      conditions: IN_A_SESSION,
    },
    {
      sid: "Schedules",
      actions: ["scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"],
      resources: [names.arn("scheduler", `schedule/${own}/*`)],
      conditions: IN_A_SESSION,
    },
    {
      sid: "HandTheInvokeRoleToSchedules",
      actions: ["iam:PassRole"],
      resources: [reaper.schedulerRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["scheduler.amazonaws.com"] } },
    },
    {
      // Container Insights makes its log group again, without tags, when a task outlives it.
      sid: "LogGroupsByName",
      actions: ["logs:DeleteLogGroup", "logs:PutLogGroupDeletionProtection"],
      resources: [
        names.arn("logs", `log-group:/${own}/*`),
        names.arn("logs", `log-group:/aws/ecs/containerinsights/${own}/*`),
      ],
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
      resources: [names.arn("kms", `alias/${own}-*`)],
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
        Null: { [`aws:PrincipalTag/${SESSION_TAG.vpcId}`]: ["false"] },
      },
    },
    {
      // IAM cannot know which records are whose: the code compares name, type and value with the state first.
      sid: "DnsRecords",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: [`arn:${names.partition}:route53:::hostedzone/*`],
      conditions: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsActions": ["DELETE"],
          "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"],
        },
        Null: {
          "route53:ChangeResourceRecordSetsActions": ["false"],
          "route53:ChangeResourceRecordSetsRecordTypes": ["false"],
          [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"],
        },
      },
    },
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

/** What no session may do, whatever else allows it. */
export function denials(reaper: ReaperNames): readonly PolicyStatement[] {
  const { names } = reaper;
  const stateBucket = names.bucketArn(reaper.stateBucketName);
  const everywhere = { effect: "Deny", resources: ["*"] } as const;
  return [
    {
      sid: "NeverProtected",
      ...everywhere,
      actions: ["*"],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAG.protected}`]: ["true"] } },
    },
    {
      // Neither `iam:PassRole` nor writing a digest is among them: both are for a tagged bootstrap resource.
      sid: "NeverBootstrap",
      ...everywhere,
      actions: [
        ...[
          "acm",
          "application-autoscaling",
          "cloudwatch",
          "ec2",
          "ecr",
          "ecs",
          "elasticloadbalancing",
          "events",
          "kms",
          "lambda",
          "logs",
          "rds",
          "secretsmanager",
          "sns",
          "sqs",
        ].map((service) => `${service}:*`),
        "dynamodb:DeleteTable",
        "dynamodb:UpdateTable",
        "iam:Delete*",
        "iam:Detach*",
        "iam:Remove*",
        "scheduler:Delete*",
      ],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAG.system}`]: ["bootstrap"] } },
    },
    {
      sid: "NeverAnotherAccount",
      ...everywhere,
      actions: ["*"],
      conditions: { StringNotEqualsIfExists: { "aws:ResourceAccount": [names.accountId] } },
    },
    {
      sid: "NeverTheReaper",
      effect: "Deny",
      actions: ["*"],
      resources: [
        reaper.functionArn,
        reaper.registryTableArn,
        `${reaper.registryTableArn}/*`,
        reaper.topicArn,
        reaper.deadLetterQueueArn,
        reaper.reaperRoleArn,
        reaper.cleanupRoleArn,
        names.arn("logs", `log-group:${reaper.logGroupName}:*`),
      ],
    },
    {
      sid: "NeverTheStates",
      effect: "Deny",
      actions: [
        "dynamodb:DeleteTable",
        "dynamodb:UpdateTable",
        "s3:DeleteBucket*",
        "s3:DeleteObject*",
        "s3:PutBucket*",
      ],
      resources: [stateBucket, `${stateBucket}/*`, reaper.lockTableArn],
    },
    {
      // A tag would pull a foreign resource into reach.
      sid: "NeverTag",
      ...everywhere,
      actions: [
        "acm:AddTagsToCertificate",
        "application-autoscaling:TagResource",
        "cloudwatch:TagResource",
        "dynamodb:TagResource",
        "ec2:CreateTags",
        "ec2:DeleteTags",
        "ecr:TagResource",
        "ecs:TagResource",
        "elasticloadbalancing:AddTags",
        "events:TagResource",
        "iam:Tag*",
        "kms:TagResource",
        "lambda:TagResource",
        "logs:TagLogGroup",
        "logs:TagResource",
        "rds:AddTagsToResource",
        "s3:PutBucketTagging",
        "scheduler:TagResource",
        "secretsmanager:TagResource",
        "sns:TagResource",
        "sqs:TagQueue",
        "tag:*",
      ],
    },
  ];
}

/** Purposes of the buckets that an environment's stack makes. */
const BUCKET_PURPOSES = ["config", "alb-logs"];

/** Names of an environment's buckets; the environment may be an IAM variable. Equal to `Names.bucket`. */
export function environmentBuckets(accountId: string, region: string, environment: string): string[] {
  return BUCKET_PURPOSES.map((purpose) => `automock-${environment}-${purpose}-${accountId}-${region}`);
}
