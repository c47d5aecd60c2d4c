import { bucketLifecycleRule } from "../../../modules/shared/bucket-lifecycle";

const base = {
  id: "retention",
  status: "Enabled",
  filter: [{}],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
};

describe("bucketLifecycleRule", () => {
  it("without expireObjectsAfterDays, the only current objects to expire are orphaned delete markers", () => {
    expect(bucketLifecycleRule({ noncurrentDays: 90, keepNoncurrentVersions: 10 })).toEqual({
      ...base,
      noncurrentVersionExpiration: [{ noncurrentDays: 90, newerNoncurrentVersions: 10 }],
      expiration: [{ expiredObjectDeleteMarker: true }],
    });
  });

  it("expires current objects for logs", () => {
    expect(bucketLifecycleRule({ noncurrentDays: 1, expireObjectsAfterDays: 30 })).toEqual({
      ...base,
      noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
      expiration: [{ days: 30 }],
    });
  });

  const fix = "Round hours up to whole days.";
  it.each([
    [{ noncurrentDays: 1.25 }, `noncurrentDays is 1.25: S3 takes a whole number of at least 1. ${fix}`],
    [{ noncurrentDays: 0 }, `noncurrentDays is 0: S3 takes a whole number of at least 1. ${fix}`],
    [{ noncurrentDays: NaN }, `noncurrentDays is NaN: S3 takes a whole number of at least 1. ${fix}`],
    [
      { noncurrentDays: 1, expireObjectsAfterDays: 30 / 24 },
      `expireObjectsAfterDays is 1.25: S3 takes a whole number of at least 1. ${fix}`,
    ],
    [
      { noncurrentDays: 1, keepNoncurrentVersions: 101 },
      "keepNoncurrentVersions is 101: S3 takes a whole number from 1 to 100.",
    ],
    [
      { noncurrentDays: 1, keepNoncurrentVersions: 0 },
      "keepNoncurrentVersions is 0: S3 takes a whole number from 1 to 100.",
    ],
  ])("rejects %j", (retention, message) => {
    expect(() => bucketLifecycleRule(retention)).toThrow(new Error(message));
  });

  it.each([1, 100])("keeps %d noncurrent versions", (keepNoncurrentVersions) => {
    const rule = bucketLifecycleRule({ noncurrentDays: 1, keepNoncurrentVersions });
    expect(rule.noncurrentVersionExpiration).toEqual([
      { noncurrentDays: 1, newerNoncurrentVersions: keepNoncurrentVersions },
    ]);
  });
});
