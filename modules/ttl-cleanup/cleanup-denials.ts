import type { ReaperNames } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import type { PolicyStatement } from "../shared/policy-document";

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
