import { awsError } from "../../support/fake-clients";
import { env, found, handlerOf, TAG_LIST } from "../../support/handlers";

test("S3: an error in DeleteObjects is an error", async () => {
  const { handler, calls } = handlerOf("s3:bucket", {
    ListMultipartUploads: () => ({}),
    ListObjectVersions: () => ({ Versions: [{ Key: "a", VersionId: "1" }] }),
    DeleteObjects: () => ({ Errors: [{ Key: "a", Code: "AccessDenied", Message: "no" }] }),
  });
  expect(await handler.remove(found("s3:bucket", "b"))).toEqual({
    kind: "denied",
    error: 'AccessDenied: object "a": no',
  });
  expect(calls.map(([name]) => name)).not.toContain("DeleteBucket");
});

test("every version, marker and unfinished upload goes, page by page, before the bucket", async () => {
  let pages = 2;
  const { handler, calls } = handlerOf("s3:bucket", {
    ListMultipartUploads: () => ({ Uploads: [{ Key: "m", UploadId: "u" }] }),
    AbortMultipartUpload: () => ({}),
    ListObjectVersions: () =>
      pages-- > 0
        ? { Versions: [{ Key: "a", VersionId: "1" }], DeleteMarkers: [{ Key: "a", VersionId: "2" }] }
        : {},
    DeleteObjects: () => ({}),
    DeleteBucket: () => ({}),
  });
  expect(await handler.remove(found("s3:bucket", "b"))).toEqual({ kind: "gone" });
  expect(calls.map(([name]) => name)).toEqual([
    "ListMultipartUploads",
    "AbortMultipartUpload",
    ...["ListObjectVersions", "DeleteObjects", "ListObjectVersions", "DeleteObjects", "ListObjectVersions"],
    "DeleteBucket",
  ]);
  const deletions = calls.filter(([name]) => name === "DeleteObjects").map(([, { Delete }]) => Delete);
  const Objects = [
    { Key: "a", VersionId: "1" },
    { Key: "a", VersionId: "2" },
  ];
  expect(deletions).toEqual([
    { Objects, Quiet: true },
    { Objects, Quiet: true },
  ]);
});

test("a bucket whose tags may not be read is listed as unreadable, one without tags as untagged", async () => {
  const { list } = handlerOf("s3:bucket", {
    ListBuckets: () => ({
      Buckets: [{ Name: "automock-pr-1-a" }, { Name: "automock-pr-1-b" }, { Name: "other" }],
    }),
    GetBucketTagging: ({ Bucket }: { Bucket: string }) => {
      throw awsError(Bucket.endsWith("a") ? "AccessDenied" : "NoSuchTagSet");
    },
  });
  expect((await list(env())).map(({ id, tags }) => [id, tags])).toEqual([
    ["automock-pr-1-a", "unreadable"],
    ["automock-pr-1-b", {}],
  ]);
});

test.each([
  ["objects", {}, { Versions: [{ Key: "a", VersionId: "1" }] }],
  ["uploads", { Uploads: Array.from({ length: 99 }, () => ({ Key: "m", UploadId: "u" })) }, {}],
])("a bucket full of %s gives way before the time that a pass keeps for its checkpoint", async (...full) => {
  const [, uploads, versions] = full;
  const start = Date.now();
  let now = start;
  const time = jest.spyOn(Date, "now").mockImplementation(() => now);
  const tick = () => ((now += 5_000), {});
  const { handler } = handlerOf("s3:bucket", {
    ListMultipartUploads: () => uploads,
    AbortMultipartUpload: tick,
    ListObjectVersions: () => versions,
    DeleteObjects: tick,
  });
  const outcome = await handler.remove(found("s3:bucket", "b"));
  time.mockRestore();
  expect(outcome).toEqual({ kind: "blocked", by: ["objects in bucket b; still deleting them"] });
  expect(now - start).toBeLessThanOrEqual(30_000);
});

test("another region's bucket is not asked for tags: S3 would not say them, and the list would never be whole", async () => {
  const { list } = handlerOf("s3:bucket", {
    ListBuckets: () => ({
      Buckets: [
        { Name: "automock-pr-1-a-config", BucketRegion: "eu-west-1" },
        { Name: "automock-pr-1-config", BucketRegion: "us-east-1" },
      ],
    }),
    GetBucketTagging: ({ Bucket }: { Bucket: string }) => {
      if (Bucket.includes("-a-")) throw awsError("PermanentRedirect");
      return { TagSet: TAG_LIST };
    },
  });
  expect((await list(env())).map(({ id }) => id)).toEqual(["automock-pr-1-config"]);
});
