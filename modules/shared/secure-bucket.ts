import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { bucketLifecycleRule, type BucketRetention } from "./bucket-lifecycle";
import { transportStatements } from "./bucket-policy";
import { policyDocument, type PolicyStatement } from "./policy-document";

export interface SecureBucketProps extends BucketRetention {
  /** See `Names.bucket`. */
  readonly bucketName: string;
  /** See `Names.bucketArn`. */
  readonly bucketArn: string;
  /**
   * `aws:kms` uses the AWS-managed key `aws/s3` with a bucket key. It has no monthly cost, and readers need no `kms:`
   * permissions. ALB access logs support only `AES256`.
   *
   * @default "aws:kms"
   */
  readonly encryption?: "aws:kms" | "AES256";
  /** Statements in addition to the two that require TLS 1.2. @default none */
  readonly policyStatements?: readonly PolicyStatement[];
  /** Whether destroying the bucket also deletes all objects and versions. */
  readonly forceDestroy: boolean;
  /** Whether Terraform rejects plans that would delete the bucket. @default false */
  readonly preventDestroy?: boolean;
  /** Whether the bucket sends its events to EventBridge. @default false */
  readonly eventBridge?: boolean;
}

/**
 * A private, versioned, encrypted bucket with a lifecycle. It enforces bucket ownership, blocks public access and
 * requires TLS 1.2.
 *
 * S3 rejects parallel changes to one bucket with `OperationAborted`, so each part depends on the previous one.
 *
 * No statement denies unencrypted uploads: default encryption covers them, and such a statement has broken Terraform's
 * lock uploads (https://github.com/opentofu/opentofu/issues/2970).
 *
 * Cost: storage and requests only.
 */
export class SecureBucket extends Construct {
  /** Literal, known before the apply. Depend on `ready` if the bucket must exist. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly bucketArn: string;
  /** The bucket with all its settings except the lifecycle. */
  public readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    const { encryption = "aws:kms", eventBridge = false, preventDestroy = false } = props;
    this.bucketName = props.bucketName;
    this.bucketArn = props.bucketArn;

    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.bucketName,
      forceDestroy: props.forceDestroy,
      ...(preventDestroy && { lifecycle: { preventDestroy } }),
    });
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const block = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      dependsOn: [ownership],
    });
    const policy = new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policyDocument([...transportStatements(props.bucketArn), ...(props.policyStatements ?? [])]),
      dependsOn: [block],
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
      dependsOn: [policy],
    });
    const sse = new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: encryption },
          ...(encryption === "aws:kms" && { bucketKeyEnabled: true }),
        },
      ],
      dependsOn: [versioning],
    });
    this.ready = eventBridge
      ? new S3BucketNotification(this, "notification", {
          bucket: bucket.id,
          eventbridge: true,
          dependsOn: [sse],
        })
      : sse;
    // Not part of `ready`: the provider waits 55 seconds for it, and no user of the bucket needs it.
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      // Set explicitly: the default differs between old and new buckets and would show as a change in every plan.
      transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
      rule: [bucketLifecycleRule(props)],
      dependsOn: [this.ready],
    });
  }
}
