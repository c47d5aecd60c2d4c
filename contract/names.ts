import { createHash } from "node:crypto";

/**
 * Maximum length of a name in AWS by kind, in characters. Longer names are cut and end in a stable hash.
 *
 * Sources: load balancer and target group 32, https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html;
 * S3 bucket 63, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html;
 * IAM role 64 and policy 128, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html;
 * Lambda function 64, SQS queue 80, DynamoDB table 255, ECS names 255, CloudWatch alarm 255, SNS topic 256, log group 512, schedule 64, RDS
 * instance 63 and its groups 255, EventBridge rule 64, KMS alias 256 with its `alias/`, ECR repository 256,
 * saved query 255, web ACL 128: the `Create*` or `Put*` page of each service's API reference.
 */
export const NAME_LIMITS = {
  alarm: 255,
  bucket: 63,
  cluster: 255,
  dashboard: 255,
  dbInstance: 63,
  dbParameterGroup: 255,
  dbSubnetGroup: 255,
  eventRule: 64,
  flowLog: 255,
  lambda: 64,
  keyAlias: 250,
  loadBalancer: 32,
  logGroup: 512,
  policy: 128,
  queue: 80,
  queryDefinition: 255,
  repository: 256,
  role: 64,
  scalingPolicy: 255,
  schedule: 64,
  securityGroup: 255,
  service: 255,
  table: 255,
  targetGroup: 32,
  taskFamily: 255,
  topic: 256,
  webAcl: 128,
} as const;

export type NameKind = keyof typeof NAME_LIMITS;

/** An AWS account and region. */
export interface Place {
  /** AWS account id, 12 digits. */
  readonly accountId: string;
  /** AWS region, for example `us-east-1`. */
  readonly region: string;
}

const HASH_LENGTH = 8;

/** The first hex digits of the SHA-256 of a text. */
export function stableHash(text: string, length: number = HASH_LENGTH): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

/**
 * Returns `name` if it fits the limit of its kind; otherwise cuts it and appends a hash of the whole name, so that
 * different names stay different.
 */
export function fitName(kind: NameKind, name: string): string {
  const limit = NAME_LIMITS[kind];
  if (name.length <= limit) return name;
  const head = name.slice(0, limit - HASH_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${stableHash(name)}`;
}

/** The buckets of an environment by content. The value is part of the bucket's name. */
export const BUCKET_PURPOSE = { expectations: "config", accessLogs: "alb-logs" } as const;

export type BucketPurpose = (typeof BUCKET_PURPOSE)[keyof typeof BUCKET_PURPOSE];

/** One system in one environment. */
export interface NameScope extends Place {
  /** System, for example `automock`. */
  readonly system: string;
  /** Environment, for example `prod`. */
  readonly environment: string;
}

/** Partition of a region: `aws`, `aws-cn` or `aws-us-gov`. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

/**
 * Creates the names and ARNs of one system in one environment. Modules get it instead of the environment, so that
 * they cannot behave differently by environment.
 */
export class Names {
  /** `<system>-<environment>`, the prefix of every name. */
  public readonly prefix: string;
  public readonly accountId: string;
  public readonly region: string;
  public readonly partition: "aws" | "aws-cn" | "aws-us-gov";

  constructor(scope: NameScope) {
    this.prefix = `${scope.system}-${scope.environment}`;
    this.accountId = scope.accountId;
    this.region = scope.region;
    this.partition = partitionOf(scope.region);
  }

  /** `<system>-<environment>[-<purpose>]`, cut to the limit of its kind. */
  public name(kind: Exclude<NameKind, "bucket" | "logGroup" | "targetGroup">, purpose?: string): string {
    return fitName(kind, purpose === undefined ? this.prefix : `${this.prefix}-${purpose}`);
  }

  /** Bucket names are global, so they contain account and region. */
  public bucket(purpose: BucketPurpose): string {
    return fitName("bucket", `${this.prefix}-${purpose}-${this.accountId}-${this.region}`);
  }

  /** `/<system>-<environment>/<purpose>`. */
  public logGroup(purpose: string): string {
    return fitName("logGroup", `/${this.prefix}/${purpose}`);
  }

  /**
   * A replacement cannot have the old target group's name while a listener still uses the old one, so the name ends in
   * a hash of the properties that force replacement.
   *
   * @param purpose short word, for example `blue`
   * @param replaceForcing properties that force replacement
   */
  public targetGroup(purpose: string, replaceForcing: Readonly<Record<string, string | number>>): string {
    const hash = stableHash(
      JSON.stringify(Object.entries(replaceForcing).sort(([a], [b]) => (a < b ? -1 : 1))),
      6,
    );
    const room = NAME_LIMITS.targetGroup - hash.length - 1;
    const head = `${this.prefix}-${purpose}`;
    const fitted =
      head.length <= room ? head : `${head.slice(0, room - 7).replace(/-+$/, "")}-${stableHash(head, 6)}`;
    return `${fitted}-${hash}`;
  }

  /** Every bucket that an environment can have. */
  public buckets(): readonly string[] {
    return Object.values(BUCKET_PURPOSE).map((purpose) => this.bucket(purpose));
  }

  /** ARN of a regional resource of this account, for example `arn("ecs", "cluster/x")`. */
  public arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /** ARN of an IAM resource, for example `iamArn("role/x")`. */
  public iamArn(resource: string): string {
    return `arn:${this.partition}:iam::${this.accountId}:${resource}`;
  }

  /** ARN of a bucket, or of objects in it: `bucketArn(name, "expectations.json")`. */
  public bucketArn(bucket: string, key?: string): string {
    return `arn:${this.partition}:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  }
}

/** Key of MockServer's expectations in their bucket. */
export const EXPECTATIONS_KEY = "expectations.json";

/** What a deployment puts there first. */
export const NO_EXPECTATIONS = "[]\n";

/** State bucket of an account and region. */
export function stateBucketName(accountId: string, region: string): string {
  return fitName("bucket", `automock-tfstate-${accountId}-${region}`);
}

/** Lock table of an account and region. */
export function lockTableName(accountId: string, region: string): string {
  return fitName("table", `automock-tflock-${accountId}-${region}`);
}

/** Key of a stack's state: `<system>/<environment>/terraform.tfstate`. */
export function stateKey(system: string, environment: string): string {
  return `${system}/${environment}/terraform.tfstate`;
}

/** Registry table of an account and region. */
export function registryTableName(accountId: string, region: string): string {
  return fitName("table", `automock-environments-${accountId}-${region}`);
}
