import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";

/** Days after which the parts of an upload that was never completed go. */
const ABORT_MULTIPART_DAYS = 7;

/** How long a bucket keeps what. */
export interface BucketRetention {
  /** Days after which a replaced or deleted version goes, a whole number from 1. */
  readonly noncurrentDays: number;
  /** Replaced versions of each object that stay beyond `noncurrentDays`, 1 to 100. @default none stay */
  readonly keepNoncurrentVersions?: number;
  /**
   * Days after which a *current* object goes, a whole number from 1. For logs only: whoever sets it on
   * configuration or state loses what is in use.
   *
   * @default never
   */
  readonly expireObjectsAfterDays?: number;
}

/**
 * The lifecycle of a whole bucket in one rule: old versions, forgotten multipart uploads, and delete markers
 * with nothing behind them, which Terraform's lock file leaves behind at every run.
 *
 * Limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 *
 * @throws Error when a number is no whole number in its range
 */
export function bucketLifecycleRule(retention: BucketRetention): S3BucketLifecycleConfigurationRule {
  const { noncurrentDays, keepNoncurrentVersions, expireObjectsAfterDays } = retention;
  wholeNumber("noncurrentDays", noncurrentDays);
  wholeNumber("keepNoncurrentVersions", keepNoncurrentVersions, 100);
  wholeNumber("expireObjectsAfterDays", expireObjectsAfterDays);
  return {
    id: "retention",
    status: "Enabled",
    filter: [{}],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_MULTIPART_DAYS }],
    noncurrentVersionExpiration: [{ noncurrentDays, newerNoncurrentVersions: keepNoncurrentVersions }],
    // S3 takes one of the two; an expiry in days removes the lonely delete markers as well.
    expiration: [
      expireObjectsAfterDays === undefined
        ? { expiredObjectDeleteMarker: true }
        : { days: expireObjectsAfterDays },
    ],
  };
}

function wholeNumber(name: string, value: number | undefined, maximum = Infinity): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= maximum)) return;
  const allowed =
    maximum === Infinity
      ? "a whole number of at least 1. Round hours up to whole days"
      : `a whole number from 1 to ${maximum}`;
  throw new Error(`${name} is ${value}: S3 takes ${allowed}.`);
}
