import { Construct } from "constructs";
import { BUCKET_PURPOSE, type Names } from "../../contract/names";
import { SecureBucket } from "../shared/secure-bucket";
import type { ITerraformDependable } from "cdktf";

export interface AccessLogBucketProps {
  readonly names: Names;
  /** Days a log file is kept, a whole number from 1. */
  readonly retentionDays: number;
  /** Whether a destroy deletes the logs as well. */
  readonly forceDestroy: boolean;
}

/**
 * The bucket for the access logs of the environment's Application Load Balancers: encrypted with S3's own
 * key, because log delivery supports no other, and emptied after `retentionDays`.
 *
 * The load balancer must depend on `ready`: it writes a test file when logging is switched on, and fails with
 * "Access Denied for bucket" where the policy is still missing.
 *
 * Cost: storage and requests; the delivery itself is free.
 */
export class AccessLogBucket extends Construct {
  /** Literal, known before the apply. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly bucketArn: string;
  /** Depend on it, and the bucket takes logs. */
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
          // Delivery writes below the id of the account that owns the load balancer, so this path by itself
          // keeps other accounts out: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
          resources: [names.bucketArn(this.bucketName, `AWSLogs/${names.accountId}/*`)],
          principals: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
          // "IfExists": AWS does not document that delivery sends these keys everywhere, and a condition on a
          // key that is absent makes the load balancer fail to create.
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
