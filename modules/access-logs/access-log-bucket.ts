import { Construct } from "constructs";
import { BUCKET_PURPOSE, type Names } from "../../contract/names";
import { SecureBucket } from "../shared/secure-bucket";
import type { ITerraformDependable } from "cdktf";

export interface AccessLogBucketProps {
  readonly names: Names;
  /** How long a log file is kept, in whole days, at least 1. */
  readonly retentionDays: number;
  /** Whether a destroy deletes the logs too. */
  readonly forceDestroy: boolean;
}

/**
 * Bucket for the access logs of the environment's Application Load Balancers. It uses SSE-S3, the only
 * encryption that log delivery supports, and deletes logs after `retentionDays`.
 *
 * The load balancer must depend on `ready`: it writes a test file when logging is enabled, and fails with
 * "Access Denied for bucket" if the bucket policy does not exist yet.
 *
 * Cost: storage and requests; log delivery is free.
 */
export class AccessLogBucket extends Construct {
  /** Literal, known before the apply. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly bucketArn: string;
  /** For `dependsOn`: the bucket accepts logs. */
  public readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id);
    const { names } = props;
    this.bucketName = names.bucket(BUCKET_PURPOSE.accessLogs);
    this.bucketArn = names.bucketArn(this.bucketName);
    const bucket = new SecureBucket(this, "bucket", {
      bucketName: this.bucketName,
      bucketArn: this.bucketArn,
      encryption: "AES256",
      forceDestroy: props.forceDestroy,
      expireObjectsAfterDays: props.retentionDays,
      noncurrentDays: 1,
      policyStatements: [
        {
          sid: "AlbLogDelivery",
          actions: ["s3:PutObject"],
          // The path contains the id of the account that owns the load balancer, so other accounts cannot
          // write here: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
          resources: [names.bucketArn(this.bucketName, `AWSLogs/${names.accountId}/*`)],
          principals: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
          // "IfExists", because AWS does not document that log delivery always sends these keys. If a required
          // key were missing, creating the load balancer would fail.
          conditions: {
            StringEqualsIfExists: { "aws:SourceAccount": [names.accountId] },
            ArnLikeIfExists: { "aws:SourceArn": [names.arn("elasticloadbalancing", "loadbalancer/*")] },
          },
        },
      ],
    });
    this.ready = bucket.ready;
  }
}
