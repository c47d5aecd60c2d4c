import { ADMIN_SYSTEM } from "../../contract/admin-box";
import type { ReaperNames } from "../../contract/reaper";
import { registryKey, SETTINGS_KEY, WORKER_KEY } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import { SEE_EVERYTHING } from "../iam/wildcards";
import type { PolicyStatement } from "../shared/policy-document";
import { READ_ACTIONS } from "../iam/read-actions";

/**
 * Rights of the Lambda itself: it sees everything, keeps the registry, takes Terraform's locks, and ends admin boxes. It
 * deletes nothing of an environment.
 */
export function reaperStatements(
  reaper: ReaperNames,
  topicKeyArn: string,
  permanentNames: readonly string[],
): Readonly<Record<string, readonly PolicyStatement[]>> {
  const { names } = reaper;
  const stateBucket = names.bucketArn(reaper.stateBucketName);
  const states = `${stateBucket}/automock/*/terraform.tfstate`;
  const lockItems = `${reaper.stateBucketName}/automock/*`;
  return {
    read: [
      { sid: SEE_EVERYTHING, actions: READ_ACTIONS, resources: ["*"] },
      {
        // Not on "*": that would show the values of API keys.
        sid: "SeeApis",
        actions: ["apigateway:GET"],
        resources: ["/apis", "/apis/*", "/restapis", "/restapis/*"].map(
          (path) => `arn:${names.partition}:apigateway:${names.region}::${path}`,
        ),
      },
    ],
    registry: [
      {
        sid: "KeepTheRegistry",
        actions: [
          "dynamodb:ConditionCheckItem",
          "dynamodb:DeleteItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ],
        resources: [reaper.registryTableArn],
        conditions: {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [registryKey("*").pk, WORKER_KEY.pk] },
          Null: { "dynamodb:LeadingKeys": ["false"] },
        },
      },
      {
        // Whether deletion is enabled is for people to write.
        sid: "ReadTheSettings",
        actions: ["dynamodb:GetItem"],
        resources: [reaper.registryTableArn],
        conditions: {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [SETTINGS_KEY.pk] },
          Null: { "dynamodb:LeadingKeys": ["false"] },
        },
      },
      {
        sid: "ReadTheRegistry",
        actions: ["dynamodb:BatchGetItem", "dynamodb:Query"],
        resources: [reaper.registryTableArn, `${reaper.registryTableArn}/index/*`],
      },
      {
        sid: "NeverPermanentRecords",
        effect: "Deny",
        actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: [reaper.registryTableArn],
        conditions: {
          "ForAnyValue:StringEquals": {
            "dynamodb:LeadingKeys": permanentNames.map((name) => registryKey(name).pk),
          },
        },
      },
      {
        sid: "FollowTheRegistry",
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [`${reaper.registryTableArn}/stream/*`],
      },
      { sid: "FindTheStream", actions: ["dynamodb:ListStreams"], resources: ["*"] },
    ],
    locks: [
      { sid: "ReadStates", actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [states] },
      {
        sid: "LockInS3",
        actions: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        resources: [`${states}.tflock`],
      },
      {
        sid: "LockInDynamoDb",
        actions: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
        resources: [reaper.lockTableArn],
        conditions: {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [lockItems] },
          // ForAllValues is true as well when the request has no key at all.
          Null: { "dynamodb:LeadingKeys": ["false"] },
        },
      },
      {
        sid: "NeverPermanentStates",
        effect: "Deny",
        actions: ["s3:*"],
        resources: permanentNames.map((name) => `${stateBucket}/*/${name}/*`),
      },
      {
        sid: "NeverPermanentLocks",
        effect: "Deny",
        actions: ["dynamodb:*"],
        resources: [reaper.lockTableArn],
        conditions: {
          "ForAnyValue:StringLike": {
            "dynamodb:LeadingKeys": permanentNames.map((name) => `${reaper.stateBucketName}/*/${name}/*`),
          },
        },
      },
      {
        // Digests are part of the state: only a cleanup session writes them.
        sid: "NeverTheDigests",
        effect: "Deny",
        actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: [reaper.lockTableArn],
        conditions: { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["*-md5"] } },
      },
    ],
    boxes: [
      {
        // Tags alone are no proof: people who may tag an instance could have it terminated.
        sid: "EndBoxes",
        actions: ["ec2:TerminateInstances"],
        resources: [names.arn("ec2", "instance/*")],
        conditions: {
          StringEquals: { [`aws:ResourceTag/${TAG.system}`]: [ADMIN_SYSTEM] },
          ArnLike: { "ec2:InstanceProfile": [names.iamArn(`instance-profile/${ADMIN_SYSTEM}-*-box`)] },
          StringNotEqualsIfExists: { [`aws:ResourceTag/${TAG.protected}`]: ["true"] },
        },
      },
    ],
    sessions: [
      {
        sid: "OpenCleanupSessions",
        actions: ["sts:AssumeRole", "sts:TagSession"],
        resources: [reaper.cleanupRoleArn],
      },
    ],
    reports: [
      {
        sid: "WriteLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [names.arn("logs", `log-group:${reaper.logGroupName}:*`)],
      },
      { sid: "Notify", actions: ["sns:Publish"], resources: [reaper.topicArn] },
      {
        sid: "EncryptNotices",
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [topicKeyArn],
      },
      { sid: "KeepFailures", actions: ["sqs:SendMessage"], resources: [reaper.deadLetterQueueArn] },
      {
        sid: "Trace",
        actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        resources: ["*"],
      },
    ],
  };
}
