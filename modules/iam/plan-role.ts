import type { Construct } from "constructs";
import {
  EXPECTATIONS_KEY,
  lockTableName,
  registryTableName,
  stateBucketName,
  type Names,
} from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
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
 * It reads the states of all stacks of the account and their expectations, so whoever may assume it sees them.
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
      policies: { never: [...NEVER, noData(props.names)] },
      managedPolicyArns: { "read-only": `arn:${props.names.partition}:iam::aws:policy/ReadOnlyAccess` },
    });
  }
}

/** Denials stay in force whatever AWS adds to its policy. */
const NEVER: readonly PolicyStatement[] = [
  {
    sid: "NoSecrets",
    effect: "Deny",
    actions: [
      "ec2:GetPasswordData",
      "kms:Decrypt",
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

/** Contents of buckets, tables and queues, but for what a plan compares: states, their digests, records, expectations. */
function noData(names: Names): PolicyStatement {
  const { accountId, region } = names;
  const table = (name: string) => names.arn("dynamodb", `table/${name}`);
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
      table(lockTableName(accountId, region)),
      table(registryTableName(accountId, region)),
      names.bucketArn(stateBucketName(accountId, region), "*"),
      names.bucketArn("automock-*", EXPECTATIONS_KEY),
    ],
  };
}
