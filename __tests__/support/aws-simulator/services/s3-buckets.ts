import type * as s3 from "@aws-sdk/client-s3";
import { anywhere, operation, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import { bucketOf, onBucket, onObject } from "./s3-objects";

export const S3_BUCKETS: Operations = {
  ListBuckets: operation<s3.ListBucketsCommandInput, s3.ListBucketsCommandOutput>(
    anywhere("s3:ListAllMyBuckets"),
    (input, { world }) => {
      const found = world.buckets.where((b) => b.id.startsWith(input.Prefix ?? ""));
      // One answer without pages unless pages are asked for.
      const atMost = input.MaxBuckets;
      const paged = atMost === undefined && input.ContinuationToken === undefined ? undefined : atMost;
      const { items, next } =
        paged === undefined
          ? { items: found, next: undefined }
          : pageOf(world, found, (b) => b.id, input.ContinuationToken, paged);
      return {
        Buckets: items.map((b) => ({ Name: b.id, BucketRegion: world.place.region })),
        ContinuationToken: next,
      };
    },
  ),
  HeadBucket: operation<s3.HeadBucketCommandInput, s3.HeadBucketCommandOutput>(
    (input) => onBucket("ListBucket", input.Bucket),
    (input, { world }) => {
      if (!world.buckets.get(input.Bucket)) throw new AwsError("NotFound", "UnknownError", 404);
      return { BucketRegion: world.place.region };
    },
  ),
  GetBucketLocation: operation<s3.GetBucketLocationCommandInput, s3.GetBucketLocationCommandOutput>(
    (input) => onBucket("GetBucketLocation", input.Bucket),
    (input, { world }) => {
      bucketOf(world, input.Bucket);
      return {};
    },
  ),
  GetBucketTagging: operation<s3.GetBucketTaggingCommandInput, s3.GetBucketTaggingCommandOutput>(
    (input) => onBucket("GetBucketTagging", input.Bucket),
    (input, { world }) => {
      const bucket = bucketOf(world, input.Bucket);
      if (Object.keys(bucket.tags).length === 0)
        throw new AwsError("NoSuchTagSet", "The TagSet does not exist", 404);
      return { TagSet: tagList(bucket.tags) };
    },
  ),
  GetBucketVersioning: operation<s3.GetBucketVersioningCommandInput, s3.GetBucketVersioningCommandOutput>(
    (input) => onBucket("GetBucketVersioning", input.Bucket),
    (input, { world }) => ({ Status: bucketOf(world, input.Bucket).versioning }),
  ),
  PutBucketVersioning: operation<s3.PutBucketVersioningCommandInput, s3.PutBucketVersioningCommandOutput>(
    (input) => onBucket("PutBucketVersioning", input.Bucket),
    (input, { world }) => {
      bucketOf(world, input.Bucket).versioning = input.VersioningConfiguration?.Status;
      return {};
    },
  ),
  GetBucketPolicy: operation<s3.GetBucketPolicyCommandInput, s3.GetBucketPolicyCommandOutput>(
    (input) => onBucket("GetBucketPolicy", input.Bucket),
    (input, { world }) => {
      const { policy } = bucketOf(world, input.Bucket);
      if (policy === undefined)
        throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
      return { Policy: policy };
    },
  ),
  DeleteBucketPolicy: operation<s3.DeleteBucketPolicyCommandInput, s3.DeleteBucketPolicyCommandOutput>(
    (input) => onBucket("DeleteBucketPolicy", input.Bucket),
    (input, { world }) => {
      bucketOf(world, input.Bucket).policy = undefined;
      return {};
    },
  ),
  GetObjectLockConfiguration: operation<
    s3.GetObjectLockConfigurationCommandInput,
    s3.GetObjectLockConfigurationCommandOutput
  >(
    (input) => onBucket("GetBucketObjectLockConfiguration", input.Bucket),
    (input, { world }) => {
      bucketOf(world, input.Bucket);
      throw new AwsError(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        404,
      );
    },
  ),
  DeleteBucketReplication: operation<
    s3.DeleteBucketReplicationCommandInput,
    s3.DeleteBucketReplicationCommandOutput
  >(
    (input) => onBucket("PutReplicationConfiguration", input.Bucket),
    (input, { world }) => {
      bucketOf(world, input.Bucket);
      return {};
    },
  ),
  ListMultipartUploads: operation<s3.ListMultipartUploadsCommandInput, s3.ListMultipartUploadsCommandOutput>(
    (input) => onBucket("ListBucketMultipartUploads", input.Bucket),
    (input, { world }) => {
      const { uploads } = bucketOf(world, input.Bucket);
      const token = input.KeyMarker === undefined ? undefined : `${input.KeyMarker} ${input.UploadIdMarker}`;
      const { items, next } = pageOf(
        world,
        uploads,
        (u) => `${u.key} ${u.uploadId}`,
        token,
        input.MaxUploads,
      );
      return {
        Uploads: items.map((u) => ({ Key: u.key, UploadId: u.uploadId })),
        IsTruncated: next !== undefined,
        ...(next !== undefined && {
          NextKeyMarker: items.at(-1)!.key,
          NextUploadIdMarker: items.at(-1)!.uploadId,
        }),
      };
    },
  ),
  AbortMultipartUpload: operation<s3.AbortMultipartUploadCommandInput, s3.AbortMultipartUploadCommandOutput>(
    (input) => onObject("AbortMultipartUpload", input.Bucket, input.Key),
    (input, { world }) => {
      const bucket = bucketOf(world, input.Bucket);
      if (!bucket.uploads.some((u) => u.uploadId === input.UploadId)) {
        throw new AwsError("NoSuchUpload", "The specified upload does not exist.", 404);
      }
      bucket.uploads = bucket.uploads.filter((u) => u.uploadId !== input.UploadId);
      return {};
    },
  ),
  DeleteBucket: operation<s3.DeleteBucketCommandInput, s3.DeleteBucketCommandOutput>(
    (input) => onBucket("DeleteBucket", input.Bucket),
    (input, { world }) => {
      const bucket = bucketOf(world, input.Bucket);
      if (bucket.versions.length > 0) {
        throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
      }
      if (bucket.uploads.length > 0) {
        throw new AwsError("OperationAborted", "A conflicting conditional operation is in progress.", 409);
      }
      world.buckets.delete(bucket.id);
      return {};
    },
  ),
};
