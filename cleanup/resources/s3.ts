import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { partitionOf } from "../../contract/names";
import type { Access } from "../aws/clients";
import { errorName, isNotFound, PartialFailure, unlessNotFound } from "../aws/errors";
import { allPages, paged } from "../aws/pages";
import type { Outcome } from "../engine/resource";
import { MINUTE, SECOND } from "../engine/time";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, presentIf, tagsFrom } from "./shared";

const BUCKET = "s3:bucket";

/**
 * Longest time one call of `remove` empties a bucket; the next poll goes on. Others must not wait for it, and what a
 * pass keeps for its checkpoint must be longer.
 */
const SLICE_MS = 20 * SECOND;

const bucket: ResourceType = {
  type: BUCKET,
  terraform: ["aws_s3_bucket"],
  parts: [
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
  ],
  arns: [""],
  after: ["elasticloadbalancing:load-balancer", "ec2:flow-log", "ecs:service", "ecs:task"], // which write into it
  stuckMs: 60 * MINUTE,
  handler: ({ read, write }) => ({
    list: candidates(BUCKET, {
      async all(env) {
        const all = await allPages(async (ContinuationToken) => {
          const page = await read.s3.send(new ListBucketsCommand({ MaxBuckets: 1000, ContinuationToken }));
          return { items: page.Buckets, next: page.ContinuationToken };
        });
        // The list contains all regions. A bucket of another region is not the environment's, and its tags are not readable here.
        const here = all.filter(({ BucketRegion = env.region }) => BucketRegion === env.region);
        const arnOf = (name: string) => `arn:${partitionOf(env.region)}:s3:::${name}`;
        return here.map(({ Name }) => ({ id: Name!, arn: arnOf(Name!), name: Name }));
      },
      async tags({ id }) {
        try {
          return tagsFrom((await read.s3.send(new GetBucketTaggingCommand({ Bucket: id }))).TagSet);
        } catch (error) {
          if (errorName(error) === "NoSuchTagSet") return {};
          throw error;
        }
      },
    }),
    look: ({ id }) => presentIf(() => read.s3.send(new HeadBucketCommand({ Bucket: id }))),
    /** Its policy may forbid deletions. Versioning may stay enabled, because every version is deleted by its id. */
    async prepare({ id: Bucket }) {
      await unlessNotFound(() => write.s3.send(new DeleteBucketPolicyCommand({ Bucket })));
    },
    async remove({ id }) {
      const emptied = await empty({ read, write }, id, Date.now() + SLICE_MS);
      if (emptied !== "empty") return emptied;
      await write.s3.send(new DeleteBucketCommand({ Bucket: id }));
      return GONE;
    },
  }),
};

/** Buckets with every version, delete marker and unfinished upload. */
export const s3: readonly ResourceType[] = [bucket];

/** Deletes page by page, so that a bucket of any size needs only the memory of one page. */
async function empty({ read, write }: Access, Bucket: string, until: number): Promise<Outcome | "empty"> {
  const more: Outcome = { kind: "blocked", by: [`objects in bucket ${Bucket}; still deleting them`] };
  const uploads = paged(async (token) => {
    const [KeyMarker, UploadIdMarker] = token?.split("\0") ?? [];
    const page = await read.s3.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker, UploadIdMarker }));
    const next = page.IsTruncated ? `${page.NextKeyMarker}\0${page.NextUploadIdMarker}` : undefined;
    return { items: page.Uploads, next };
  });
  for await (const { Key, UploadId } of uploads) {
    await unlessNotFound(() => write.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
    if (Date.now() >= until) return more;
  }
  for (;;) {
    // Always the first page, because the previous one is deleted.
    const page = await read.s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (versions.length === 0) return "empty";
    const Objects: ObjectIdentifier[] = versions.map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
    const answer = await write.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const failed = answer.Errors?.find(({ Code }) => !isNotFound(new PartialFailure(Code ?? "", "")));
    // S3 answers 200 and reports failures in the body.
    if (failed)
      throw new PartialFailure(failed.Code ?? "Error", `object "${failed.Key}": ${failed.Message ?? ""}`);
    if (Date.now() >= until) return more;
  }
}
