import type { Construct } from "constructs";
import { lockTableName, registryTableName, stateBucketName, stateKey } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { pipelineTrust, type PipelineTrust } from "./pipeline-trust";
import { Role } from "./role";

/** A Multi-AZ database alone can take 40 minutes; the job that applies has 110. */
const MAX_SESSION_SECONDS = 7200;

export interface ApplyRoleProps {
  readonly names: Names;
  /** Who assumes the role. */
  readonly trust: PipelineTrust;
  /** Environment whose stacks are applied. */
  readonly environment: string;
  /** Systems whose stacks are applied, for example `automock`. */
  readonly systems: readonly string[];
}

/**
 * The role with which a pipeline applies the stacks of one environment: AWS's `PowerUserAccess`, the roles of the
 * environment, its states and its locks. It is refused what carries another environment's tag, the bootstrap stack
 * among it, other environments' buckets and states, and every role that is not named after its environment.
 *
 * What it can do is still much: services without tags on their resources are open to it, and a role that it makes
 * may have more rights than it has itself unless a permissions boundary forbids that.
 *
 * Session: at most 2 hours; a chained role gives no more than 1.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
 *
 * @throws Error naming every malformed part of the trust
 */
export class ApplyRole extends Role {
  constructor(scope: Construct, id: string, props: ApplyRoleProps) {
    super(scope, id, {
      ...props,
      purpose: `apply-${props.environment}`,
      description: `Applies the stacks of ${props.environment}`,
      trust: pipelineTrust(props.trust, props.names),
      maxSessionDuration: MAX_SESSION_SECONDS,
      policies: { roles: roles(props), never: never(props) },
      managedPolicyArns: { "power-user": `arn:${props.names.partition}:iam::aws:policy/PowerUserAccess` },
    });
  }
}

/** Services that the stacks hand roles to. */
const PASSED_TO = [
  "ecs-tasks.amazonaws.com",
  "ecs.amazonaws.com",
  "monitoring.rds.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/** Services that make a role of their own at their first use in an account. */
const SERVICE_LINKED = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "rds.amazonaws.com",
];

/** Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
function roles({ names, environment, systems }: ApplyRoleProps): readonly PolicyStatement[] {
  const own = systems.map((system) => names.iamArn(`role/${system}-${environment}-*`));
  return [
    {
      sid: "ManageRoles",
      actions: [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:PutRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      resources: own,
    },
    {
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources: own,
      conditions: { StringEquals: { "iam:PassedToService": PASSED_TO } },
    },
    {
      sid: "FirstUseOfServices",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [names.iamArn("role/aws-service-role/*")],
      conditions: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    },
  ];
}

function never({ names, environment, systems }: ApplyRoleProps): readonly PolicyStatement[] {
  const { accountId, region } = names;
  const stateBucket = stateBucketName(accountId, region);
  const lockTable = names.arn("dynamodb", `table/${lockTableName(accountId, region)}`);
  const registry = names.arn("dynamodb", `table/${registryTableName(accountId, region)}`);
  const keys = systems.map((system) => stateKey(system, environment));
  const environmentTag = `aws:ResourceTag/${TAG.environment}`;
  return [
    {
      // Lock table and state bucket are what everybody needs of the bootstrap stack; the next statements guard them.
      sid: "NotOtherEnvironments",
      effect: "Deny",
      actions: ["*"],
      notResources: [lockTable, names.bucketArn(stateBucket), names.bucketArn(stateBucket, "*")],
      conditions: {
        StringNotEquals: { [environmentTag]: [environment] },
        Null: { [environmentTag]: ["false"] },
      },
    },
    {
      // Buckets are not judged by their tags: https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging.html
      sid: "NotOtherBuckets",
      effect: "Deny",
      actions: [
        "s3:Abort*",
        "s3:Create*",
        "s3:Delete*",
        "s3:GetObject*",
        "s3:Put*",
        "s3:Replicate*",
        "s3:Restore*",
      ],
      notResources: [
        ...keys.flatMap((key) => [key, `${key}.tflock`]).map((key) => names.bucketArn(stateBucket, key)),
        ...systems.flatMap((system) => {
          const bucket = `${system}-${environment}-*`;
          return [names.bucketArn(bucket), names.bucketArn(bucket, "*")];
        }),
      ],
    },
    {
      sid: "NotOtherLocks",
      effect: "Deny",
      actions: ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [lockTable],
      conditions: { "ForAnyValue:StringNotEquals": { "dynamodb:LeadingKeys": lockIds(stateBucket, keys) } },
    },
    {
      sid: "NotTheLockTable",
      effect: "Deny",
      actions: [
        "dynamodb:Delete*Policy",
        "dynamodb:DeleteTable",
        "dynamodb:PartiQL*",
        "dynamodb:PutResourcePolicy",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ],
      resources: [lockTable],
    },
    {
      // It says what the reaper deletes. Not every account lets tags decide about tables, so the table is named:
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/abac-enable-ddb.html
      sid: "NotTheRegistry",
      effect: "Deny",
      actions: ["dynamodb:*"],
      resources: [registry, `${registry}/*`],
    },
  ];
}

/** Items of a lock and of the digest of the state. */
function lockIds(bucket: string, keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => [`${bucket}/${key}`, `${bucket}/${key}-md5`]);
}
