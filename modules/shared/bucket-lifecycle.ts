import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";

/** Days after which the parts of an incomplete upload are deleted. */
const ABORT_MULTIPART_DAYS = 7;

/** How long a bucket keeps its objects and their versions. */
export interface BucketRetention {
  /** Days after which a noncurrent version expires, a whole number from 1. */
  readonly noncurrentDays: number;
  /** Noncurrent versions of each object to keep longer than `noncurrentDays`, 1 to 100. @default none */
  readonly keepNoncurrentVersions?: number;
  /**
   * Days after which a *current* object expires, a whole number from 1. Use it only for logs, never for configuration
   * or state.
   *
   * @default never
   */
  readonly expireObjectsAfterDays?: number;
}

/**
 * One rule for a whole bucket: expires old versions, incomplete multipart uploads and orphaned delete markers, which
 * Terraform's lock file leaves behind in every run.
 *
 * Limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 *
 * @throws Error if a number is not a whole number in its range
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
    // S3 accepts only one of the two. An expiry in days also removes orphaned delete markers.
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
