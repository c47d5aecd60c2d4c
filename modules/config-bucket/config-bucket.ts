import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BUCKET_PURPOSE, EXPECTATIONS_KEY, NO_EXPECTATIONS, type Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { SecureBucket } from "../shared/secure-bucket";

/**
 * Attributes that an upload can change, as HCL names. Terraform ignores them, so that the next apply does not
 * undo an upload. Attributes that Terraform computes (`etag`, `version_id`, encryption) need no entry.
 */
const OWNED_BY_UPLOADS = [
  "cache_control",
  "content",
  "content_disposition",
  "content_encoding",
  "content_language",
  "content_type",
  "metadata",
  "storage_class",
  "tags",
  "tags_all",
  "website_redirect",
];

export interface ConfigBucketProps {
  readonly names: Names;
  /** Whether a destroy deletes the expectations and all their versions. Use only for ephemeral environments. */
  readonly forceDestroy: boolean;
}

/**
 * Bucket for MockServer's expectations. Terraform creates an empty `expectations.json`, so that the first task
 * finds a valid file, and ignores later uploads. Noncurrent versions are kept for 90 days, the newest ten
 * forever; the current version never expires. Every change is sent to EventBridge.
 *
 * Cost: storage and requests only.
 */
export class ConfigBucket extends Construct {
  /** Literal, known before the apply. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly bucketArn: string;
  /** Object key of the expectations. */
  public readonly expectationsKey = EXPECTATIONS_KEY;
  /** Lets a role read the expectations and no other object. */
  public readonly readStatement: PolicyStatement;
  /** For `dependsOn`: the bucket and the expectations exist. */
  public readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ConfigBucketProps) {
    super(scope, id);
    const { names } = props;
    this.bucketName = names.bucket(BUCKET_PURPOSE.expectations);
    this.bucketArn = names.bucketArn(this.bucketName);
    this.readStatement = {
      sid: "ReadExpectations",
      actions: ["s3:GetObject"],
      resources: [names.bucketArn(this.bucketName, EXPECTATIONS_KEY)],
    };
    const bucket = new SecureBucket(this, "bucket", {
      bucketName: this.bucketName,
      bucketArn: this.bucketArn,
      forceDestroy: props.forceDestroy,
      noncurrentDays: 90,
      keepNoncurrentVersions: 10,
      eventBridge: true,
    });
    this.ready = new S3Object(this, "expectations", {
      bucket: this.bucketName,
      key: EXPECTATIONS_KEY,
      content: NO_EXPECTATIONS,
      contentType: "application/json",
      // An upload replaces the tags as well, and an object can have only ten tags.
      overrideProvider: { defaultTags: { tags: {} } },
      lifecycle: { ignoreChanges: OWNED_BY_UPLOADS },
      dependsOn: [bucket.ready],
    });
  }
}
