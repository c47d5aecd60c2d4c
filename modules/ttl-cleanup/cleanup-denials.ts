import { SESSION_TAG, SEVERAL_ENVIRONMENTS, type ReaperNames } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import type { PolicyStatement } from "../shared/policy-document";
import { recordNames, type ReaperLimits } from "./reaper-limits";

/**
 * Everything that changes what carries tags. Neither `iam:PassRole` nor writing a digest is among them: both are for a
 * tagged bootstrap resource.
 */
const ON_TAGGED: readonly string[] = [
  ...[
    "acm",
    "apigateway",
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
];

/** What no session may do, whatever else allows it. */
export function denials(reaper: ReaperNames, limits: ReaperLimits): readonly PolicyStatement[] {
  const { names } = reaper;
  const stateBucket = names.bucketArn(reaper.stateBucketName);
  const everywhere = { effect: "Deny", resources: ["*"] } as const;
  return [
    {
      // The trust refuses such a session already.
      sid: "NeverPermanent",
      ...everywhere,
      actions: ["*"],
      conditions: {
        StringEquals: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: limits.permanentNames },
      },
    },
    {
      sid: "NeverMoreOfSeveral",
      ...everywhere,
      actions: ["ec2:DeleteVpcEndpoints"],
      allActionsBut: true,
      conditions: {
        StringEquals: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: [SEVERAL_ENVIRONMENTS] },
      },
    },
    {
      sid: "NeverNotEphemeral",
      ...everywhere,
      actions: ON_TAGGED,
      conditions: { StringEquals: { [`aws:ResourceTag/${TAG.ephemeral}`]: ["false"] } },
    },
    ...permanentDomains(limits.permanentDomains),
    {
      sid: "NeverProtected",
      ...everywhere,
      actions: ["*"],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAG.protected}`]: ["true"] } },
    },
    {
      sid: "NeverAnotherSystem",
      ...everywhere,
      actions: ON_TAGGED,
      conditions: {
        StringNotEquals: {
          [`aws:ResourceTag/${TAG.system}`]: [`\${aws:PrincipalTag/${SESSION_TAG.system}}`],
        },
        Null: { [`aws:ResourceTag/${TAG.system}`]: ["false"] },
      },
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
        "apigateway:PATCH",
        "apigateway:POST",
        "apigateway:PUT",
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

/** Records of permanent environments, although an ephemeral domain may be above them. */
function permanentDomains(domains: readonly string[]): PolicyStatement[] {
  if (domains.length === 0) return [];
  return [
    {
      sid: "NeverPermanentDomains",
      effect: "Deny",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: ["*"],
      conditions: {
        "ForAnyValue:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": recordNames(domains),
        },
      },
    },
  ];
}
