import type { Construct } from "constructs";
import {
  BUCKET_PURPOSE,
  EXPECTATIONS_KEY,
  lockTableName,
  registryTableName,
  stateBucketName,
  type Names,
} from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { managedPolicyArn } from "./managed-policies";
import { pipelineTrust, type PipelineTrust } from "./pipeline-trust";
import { Role } from "./role";

/** AWS allows no less here. */
const MAX_SESSION_SECONDS = 3600;

export interface PlanRoleProps {
  readonly names: Names;
  /** Who assumes the role. */
  readonly trust: PipelineTrust;
  /** Environment whose file asks for the role: part of its name. */
  readonly environment: string;
}

/**
 * The role with which a pipeline plans every stack of an account: AWS's `ReadOnlyAccess` without what holds secrets
 * or people's data. It cannot take a lock (`automock plan --no-lock`), nor write a state.
 *
 * It reads the states of all stacks of the account and their expectations, so everyone who may assume it sees them.
 *
 * Session: at most 60 minutes.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
 *
 * @throws Error naming every malformed part of the trust
 */
export class PlanRole extends Role {
  constructor(scope: Construct, id: string, props: PlanRoleProps) {
    super(scope, id, {
      ...props,
      purpose: `plan-${props.environment}`,
      description: "Plans the stacks of the account; writes nothing and reads no secret",
      trust: pipelineTrust(props.trust, props.names),
      maxSessionDuration: MAX_SESSION_SECONDS,
      policies: {
        never: [
          ...NEVER,
          ...noSecretsOfOthers(props.names),
          noData(props.names),
          ...noOtherDecryption(props.names),
        ],
      },
      managedPolicyArns: { "read-only": managedPolicyArn(props.names, "ReadOnlyAccess") },
    });
  }
}

/** Denials stay in force whatever AWS adds to its policy. */
const NEVER: readonly PolicyStatement[] = [
  {
    sid: "NoSecrets",
    effect: "Deny",
    actions: [
      // Scripts that instances run at their start, and what they print, hold passwords more often than not.
      "ec2:DescribeInstanceAttribute",
      "ec2:GetConsole*",
      "ec2:GetLaunchTemplateData",
      "ec2:GetPasswordData",
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetSecretValue",
      "ssm:GetParameter",
      "ssm:GetParameterHistory",
      "ssm:GetParameters",
      "ssm:GetParametersByPath",
    ],
    resources: ["*"],
  },
  {
    // Logs of applications hold what people sent to them.
    sid: "NoLogs",
    effect: "Deny",
    actions: [
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "logs:Unmask",
      "rds:DownloadCompleteDBLogFile",
      "rds:DownloadDBLogFilePortion",
    ],
    resources: ["*"],
  },
];

/** API keys, and the variables and code of functions that are not in the stacks. */
function noSecretsOfOthers(names: Names): readonly PolicyStatement[] {
  const apis = `arn:${names.partition}:apigateway:${names.region}::`;
  return [
    {
      sid: "NoApiKeys",
      effect: "Deny",
      actions: ["apigateway:GET"],
      resources: [`${apis}/apikeys`, `${apis}/apikeys/*`, `${apis}/usageplans/*/keys*`],
    },
    {
      sid: "NoOtherFunctions",
      effect: "Deny",
      actions: ["lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:ListFunctions"],
      notResources: [names.arn("lambda", `function:${names.prefix}-*`)],
    },
  ];
}

/** Buckets whose objects a plan reads, and the objects in them. */
function readable({ accountId, region }: Names): readonly (readonly [bucket: string, key: string])[] {
  return [
    [stateBucketName(accountId, region), "*"],
    [`automock-*-${BUCKET_PURPOSE.expectations}-${accountId}-${region}`, EXPECTATIONS_KEY],
  ];
}

function readableTables({ accountId, region }: Names): readonly string[] {
  return [lockTableName(accountId, region), registryTableName(accountId, region)];
}

/**
 * S3 and DynamoDB decrypt with the caller's rights, so what the plan reads it must be able to decrypt, and nothing
 * else. S3 states the ARN of the bucket where it has a bucket key, else that of the object; DynamoDB the table's name.
 * A key of the request that is absent satisfies `StringNot…`, so what states nothing is denied.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
 */
function noOtherDecryption(names: Names): readonly PolicyStatement[] {
  const deny = (sid: string, conditions: PolicyStatement["conditions"]): PolicyStatement => ({
    sid,
    effect: "Deny",
    actions: ["kms:Decrypt"],
    resources: ["*"],
    conditions,
  });
  const via = (service: string) => `${service}.${names.region}.amazonaws.com`;
  const buckets = readable(names).flatMap(([bucket, key]) => [
    names.bucketArn(bucket),
    names.bucketArn(bucket, key),
  ]);
  return [
    deny("NoDirectDecryption", { StringNotEquals: { "kms:ViaService": [via("dynamodb"), via("s3")] } }),
    deny("NoOtherBuckets", {
      StringEquals: { "kms:ViaService": [via("s3")] },
      StringNotLike: { "kms:EncryptionContext:aws:s3:arn": buckets },
    }),
    deny("NoOtherTables", {
      StringEquals: { "kms:ViaService": [via("dynamodb")] },
      StringNotEquals: { "kms:EncryptionContext:aws:dynamodb:tableName": readableTables(names) },
    }),
  ];
}

/** Contents of buckets, tables and queues, but for what a plan compares: states, their digests, records, expectations. */
function noData(names: Names): PolicyStatement {
  return {
    sid: "NoData",
    effect: "Deny",
    actions: [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "kinesis:GetRecords",
      "kinesis:SubscribeToShard",
      "s3:GetObject",
      "s3:GetObjectTorrent",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTorrent",
      "sqs:ReceiveMessage",
    ],
    notResources: [
      ...readableTables(names).map((table) => names.arn("dynamodb", `table/${table}`)),
      ...readable(names).map(([bucket, key]) => names.bucketArn(bucket, key)),
    ],
  };
}
