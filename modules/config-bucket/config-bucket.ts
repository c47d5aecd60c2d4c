import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BUCKET_PURPOSE, EXPECTATIONS_KEY, type Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { SecureBucket } from "../shared/secure-bucket";

/**
 * What an upload changes beside the body, as HCL names: ignored, so that an upload is not undone by the next
 * apply. What is missing here Terraform computes itself (`etag`, `version_id`, the encryption).
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
  /** Whether a destroy deletes the expectations with all their versions. True only for ephemeral environments. */
  readonly forceDestroy: boolean;
}

/**
 * The bucket that MockServer's expectations live in, and an empty `expectations.json` in it, so that the
 * first task finds a valid file. Uploads replace it; Terraform creates it and then leaves it alone. A replaced
 * version stays for 90 days, the newest ten for good; the current one never expires. Every change is sent to
 * EventBridge.
 *
 * Cost: storage and requests only.
 */
export class ConfigBucket extends Construct {
  /** Literal, known before the apply. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly bucketArn: string;
  /** Key of the expectations in the bucket: `expectations.json`. */
  public readonly expectationsKey = EXPECTATIONS_KEY;
  /** Lets a role read the expectations, and no other object. */
  public readonly readStatement: PolicyStatement;
  /** Depend on it, and bucket and expectations exist. */
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
      content: "[]\n",
      contentType: "application/json",
      // An upload replaces the tags along with the object, and an object takes only ten of them.
      overrideProvider: { defaultTags: { tags: {} } },
      lifecycle: { ignoreChanges: OWNED_BY_UPLOADS },
      dependsOn: [bucket.ready],
    });
  }
}
