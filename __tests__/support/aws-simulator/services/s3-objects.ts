import { createHash } from "node:crypto";
import type * as s3 from "@aws-sdk/client-s3";
import { operation, type Call, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import type { Bucket, ObjectVersion } from "../world/platform";
import type { World } from "../world/world";

/** Objects and their versions. Every bucket has `BucketOwnerEnforced`, so there is one owner. */

export function bucketOf(world: World, name: string | undefined): Bucket {
  const bucket = world.buckets.get(name);
  if (!bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
  return bucket;
}

/** S3 knows no resource tags in its authorization context unless a bucket is switched to it. */
export function onObject(action: string, bucket: string | undefined, key: string | undefined): Need {
  return { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}/${key}` };
}

export function onBucket(action: string, bucket: string | undefined): Need {
  return { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}` };
}

export function current(bucket: Bucket, key: string): ObjectVersion | undefined {
  const last = bucket.versions.filter((version) => version.key === key).at(-1);
  return last?.deleteMarker ? undefined : last;
}

export function put(world: World, bucket: Bucket, key: string, body: string, at: number): ObjectVersion {
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const versioned = bucket.versioning === "Enabled";
  const versionId = versioned ? world.newHex(32) : "null";
  if (!versioned) bucket.versions = bucket.versions.filter((v) => v.key !== key || v.versionId !== "null");
  const version = { key, versionId, body, etag, deleteMarker: false, at };
  bucket.versions.push(version);
  return version;
}

/** A log file of a load balancer arrives, as long as its bucket exists. */
export function deliverLog(world: World, bucketName: string, at: number): void {
  const bucket = world.buckets.get(bucketName);
  if (bucket) put(world, bucket, `AWSLogs/${world.place.accountId}/log-${at}.gz`, "log", at);
}

const preconditionFailed = () =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);

function objectOf(bucket: Bucket, input: { Key?: string; VersionId?: string }, head: boolean): ObjectVersion {
  const found =
    input.VersionId === undefined
      ? current(bucket, input.Key!)
      : bucket.versions.find((v) => v.key === input.Key && v.versionId === input.VersionId);
  if (found) return found;
  throw head
    ? new AwsError("NotFound", "UnknownError", 404)
    : new AwsError("NoSuchKey", "The specified key does not exist.", 404);
}

/** The body of an answer, as far as anyone reads it. */
function bodyOf(text: string): s3.GetObjectCommandOutput["Body"] {
  const bytes = Buffer.from(text, "utf8");
  return {
    transformToString: async () => text,
    transformToByteArray: async () => new Uint8Array(bytes),
  } as unknown as s3.GetObjectCommandOutput["Body"];
}

function remove(
  call: Call,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): { readonly deleteMarker: boolean } {
  if (versionId !== undefined) {
    bucket.versions = bucket.versions.filter((v) => v.key !== key || v.versionId !== versionId);
    return { deleteMarker: false };
  }
  if (bucket.versioning === undefined) {
    bucket.versions = bucket.versions.filter((v) => v.key !== key);
    return { deleteMarker: false };
  }
  const id = bucket.versioning === "Enabled" ? call.world.newHex(32) : "null";
  bucket.versions = bucket.versions.filter((v) => v.key !== key || v.versionId !== "null" || id !== "null");
  bucket.versions.push({ key, versionId: id, body: "", etag: "", deleteMarker: true, at: call.now });
  return { deleteMarker: true };
}

export const S3_OBJECTS: Operations = {
  GetObject: operation<s3.GetObjectCommandInput, s3.GetObjectCommandOutput>(
    (input) => onObject(input.VersionId ? "GetObjectVersion" : "GetObject", input.Bucket, input.Key),
    (input, { world }) => {
      const found = objectOf(bucketOf(world, input.Bucket), input, false);
      return {
        Body: bodyOf(found.body),
        ETag: found.etag,
        VersionId: found.versionId,
        ContentLength: found.body.length,
        LastModified: new Date(found.at),
      };
    },
  ),
  HeadObject: operation<s3.HeadObjectCommandInput, s3.HeadObjectCommandOutput>(
    (input) => onObject("GetObject", input.Bucket, input.Key),
    (input, { world }) => {
      const found = objectOf(bucketOf(world, input.Bucket), input, true);
      return { ETag: found.etag, VersionId: found.versionId, ContentLength: found.body.length };
    },
  ),
  PutObject: operation<s3.PutObjectCommandInput, s3.PutObjectCommandOutput>(
    (input) => onObject("PutObject", input.Bucket, input.Key),
    (input, { world, now }) => {
      const bucket = bucketOf(world, input.Bucket);
      const before = current(bucket, input.Key!);
      if (input.IfNoneMatch === "*" && before) throw preconditionFailed();
      if (input.IfMatch !== undefined && before?.etag !== input.IfMatch) throw preconditionFailed();
      const body =
        typeof input.Body === "string" ? input.Body : Buffer.from(input.Body as Uint8Array).toString("utf8");
      const version = put(world, bucket, input.Key!, body, now);
      return { ETag: version.etag, VersionId: version.versionId };
    },
  ),
  DeleteObject: operation<s3.DeleteObjectCommandInput, s3.DeleteObjectCommandOutput>(
    (input) => onObject(input.VersionId ? "DeleteObjectVersion" : "DeleteObject", input.Bucket, input.Key),
    (input, call) => {
      const bucket = bucketOf(call.world, input.Bucket);
      const before = current(bucket, input.Key!);
      if (input.IfMatch !== undefined && before?.etag !== input.IfMatch) {
        if (!before) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
        throw preconditionFailed();
      }
      return { DeleteMarker: remove(call, bucket, input.Key!, input.VersionId).deleteMarker };
    },
  ),
  DeleteObjects: operation<s3.DeleteObjectsCommandInput, s3.DeleteObjectsCommandOutput>(
    (input) =>
      (input.Delete?.Objects ?? []).map((object) =>
        onObject(object.VersionId ? "DeleteObjectVersion" : "DeleteObject", input.Bucket, object.Key),
      ),
    (input, call) => {
      const bucket = bucketOf(call.world, input.Bucket);
      const objects = input.Delete?.Objects ?? [];
      if (objects.length > 1000 || objects.length === 0) {
        throw new AwsError("MalformedXML", "The XML you provided was not well-formed");
      }
      const Errors: s3._Error[] = [];
      const Deleted: s3.DeletedObject[] = [];
      for (const { Key, VersionId } of objects) {
        if (call.random.chance(call.partialFailure)) {
          Errors.push({
            Key,
            VersionId,
            Code: "InternalError",
            Message: "We encountered an internal error.",
          });
        } else {
          remove(call, bucket, Key!, VersionId);
          Deleted.push({ Key, VersionId });
        }
      }
      return { ...(Errors.length > 0 && { Errors }), ...(!input.Delete?.Quiet && { Deleted }) };
    },
  ),
  ListObjectVersions: operation<s3.ListObjectVersionsCommandInput, s3.ListObjectVersionsCommandOutput>(
    (input) => onBucket("ListBucketVersions", input.Bucket),
    (input, { world }) => {
      const bucket = bucketOf(world, input.Bucket);
      const keyOf = (v: ObjectVersion) => `${v.key} ${v.versionId}`;
      const token = input.KeyMarker === undefined ? undefined : `${input.KeyMarker} ${input.VersionIdMarker}`;
      const under = bucket.versions.filter((v) => v.key.startsWith(input.Prefix ?? ""));
      const { items, next } = pageOf(world, under, keyOf, token, input.MaxKeys);
      const shape = (v: ObjectVersion) => ({
        Key: v.key,
        VersionId: v.versionId,
        IsLatest: bucket.versions.filter((other) => other.key === v.key).at(-1) === v,
        LastModified: new Date(v.at),
      });
      return {
        Versions: items.filter((v) => !v.deleteMarker).map(shape),
        DeleteMarkers: items.filter((v) => v.deleteMarker).map(shape),
        IsTruncated: next !== undefined,
        ...(next !== undefined && {
          NextKeyMarker: items.at(-1)!.key,
          NextVersionIdMarker: items.at(-1)!.versionId,
        }),
      };
    },
  ),
  ListObjectsV2: operation<s3.ListObjectsV2CommandInput, s3.ListObjectsV2CommandOutput>(
    (input) => onBucket("ListBucket", input.Bucket),
    (input, { world }) => {
      const bucket = bucketOf(world, input.Bucket);
      const keys = [...new Set(bucket.versions.map((v) => v.key))].filter(
        (key) => key.startsWith(input.Prefix ?? "") && current(bucket, key),
      );
      const { items, next } = pageOf(world, keys, (key) => key, input.ContinuationToken, input.MaxKeys);
      return {
        Contents: items.map((Key) => ({ Key, ETag: current(bucket, Key)!.etag })),
        KeyCount: items.length,
        IsTruncated: next !== undefined,
        NextContinuationToken: next,
      };
    },
  ),
};
