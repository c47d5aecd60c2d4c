import {
  lockTableName,
  registryTableName,
  stateBucketName,
  stateKey,
  type Names,
} from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { PolicyStatement } from "../shared/policy-document";
import { SERVICES_OF_STACKS } from "./services-of-stacks";

/** What decides about the rights of an apply role. */
export interface ApplyRights {
  readonly names: Names;
  /** Environment whose stacks are applied. */
  readonly environment: string;
  /** Systems whose stacks are applied, for example `automock`. */
  readonly systems: readonly string[];
  /** Permissions boundary without which it creates no role. */
  readonly boundaryArn: string;
  /** Path of the roles that it creates. @default `/` */
  readonly rolePath?: string;
  /** Names for which it keeps DNS records: those of the domains and of their certificates. Empty: none. */
  readonly domainNames: readonly string[];
}

/** What would lead to more rights than the role has, whatever else allows it. */
function noEscalation({ boundaryArn }: ApplyRights): readonly PolicyStatement[] {
  const deny = (sid: string, actions: readonly string[]): PolicyStatement => ({
    sid,
    effect: "Deny",
    actions,
    resources: ["*"],
  });
  return [
    {
      ...deny(
        "NotOtherServices",
        SERVICES_OF_STACKS.map((service) => `${service}:*`),
      ),
      allActionsBut: true,
    },
    deny("NoOtherRole", ["sts:AssumeRole*", "sts:GetFederationToken"]),
    deny("KeepTheBoundaries", ["iam:DeleteRolePermissionsBoundary"]),
    {
      ...deny("NoOtherBoundary", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]),
      conditions: { StringNotEquals: { "iam:PermissionsBoundary": [boundaryArn] } },
    },
    deny("NoCodeWithRolesOfOthers", [
      "ec2:AssociateIamInstanceProfile",
      "ec2:ModifyInstanceAttribute",
      "ec2:ReplaceIamInstanceProfileAssociation",
      "ec2:RunInstances",
      "ecs:ExecuteCommand",
      "ecs:RunTask",
      "ecs:StartTask",
    ]),
    // A signature opens the control plane of the mocks: that is for people and their clients.
    deny("NoSecretValues", [
      "kms:Sign",
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetSecretValue",
    ]),
  ];
}

/** Where a service does not judge by tags, names are compared. */
function notOtherNames(props: ApplyRights): readonly PolicyStatement[] {
  const { names, environment, systems, domainNames } = props;
  const own = systems.map((system) => `${system}-${environment}`);
  const deny = (
    sid: string,
    actions: readonly string[],
    notResources: readonly string[],
  ): PolicyStatement => ({
    sid,
    effect: "Deny",
    actions,
    notResources,
  });
  return [
    deny(
      "NotOtherDashboards",
      ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"],
      own.map((name) => `arn:${names.partition}:cloudwatch::${names.accountId}:dashboard/${name}*`),
    ),
    deny(
      "NotOtherSecrets",
      ["secretsmanager:Cancel*", "secretsmanager:Create*", "secretsmanager:Delete*", "secretsmanager:Put*", "secretsmanager:Rotate*", "secretsmanager:Update*"], // prettier-ignore
      ["rds!*", ...own.map((name) => `${name}-*`)].map((name) =>
        names.arn("secretsmanager", `secret:${name}`),
      ),
    ),
    deny(
      "NotOtherImages",
      [
        "ecr:BatchDelete*",
        "ecr:Create*",
        "ecr:Delete*",
        "ecr:Initiate*",
        "ecr:Put*",
        "ecr:Set*",
        "ecr:Upload*",
      ],
      own.map((name) => names.arn("ecr", `repository/${name}*`)),
    ),
    {
      sid: "NoZones",
      effect: "Deny",
      actions: [
        "route53:AssociateVPC*",
        "route53:CreateHostedZone",
        "route53:DeleteHostedZone",
        "route53:DisassociateVPC*",
        "route53:UpdateHostedZone*",
        ...(domainNames.length === 0 ? ["route53:ChangeResourceRecordSets"] : []),
      ],
      resources: ["*"],
    },
    ...(domainNames.length === 0
      ? []
      : [
          {
            sid: "NotOtherRecords",
            effect: "Deny" as const,
            actions: ["route53:ChangeResourceRecordSets"],
            resources: ["*"],
            conditions: {
              "ForAnyValue:StringNotLike": {
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": recordNames(domainNames),
              },
            },
          },
        ]),
  ];
}

/**
 * The records of domain names, as Route 53 compares them, and those with which ACM proves who owns the names.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
function recordNames(domainNames: readonly string[]): readonly string[] {
  const plain = domainNames.map((name) => name.replace(/^\*\./, ""));
  return [
    ...new Set([
      ...domainNames.map((name) => name.replace(/^\*/, "\\052")),
      ...plain.map((name) => `_*.${name}`),
    ]),
  ];
}

/** What an apply role is refused, whatever else allows it. */
export function applyDenials(props: ApplyRights): readonly PolicyStatement[] {
  const { names, environment, systems } = props;
  const { accountId, region } = names;
  const stateBucket = stateBucketName(accountId, region);
  const lockTable = names.arn("dynamodb", `table/${lockTableName(accountId, region)}`);
  const registry = names.arn("dynamodb", `table/${registryTableName(accountId, region)}`);
  const keys = systems.map((system) => stateKey(system, environment));
  const environmentTag = `aws:ResourceTag/${TAG.environment}`;
  return [
    ...noEscalation(props),
    ...notOtherNames(props),
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
