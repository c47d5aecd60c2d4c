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
import type { Handler, Outcome } from "../engine/resource";
import { MINUTE, SECOND } from "../engine/time";
import { GONE, idHints, isCandidateName, readTags, tagsFrom, type HandlerFactory } from "./shared";

const TYPE = "s3:bucket";

/**
 * Longest time one call of `remove` empties a bucket; the next poll goes on. Others must not wait for it, and what a
 * pass keeps for its checkpoint must be longer.
 */
const SLICE_MS = 20 * SECOND;

/** Buckets with every version, delete marker and unfinished upload. */
export const s3: HandlerFactory = (access) => {
  const { read, write } = access;
  const bucket: Handler = {
    type: TYPE,
    layer: "workload",
    after: ["elasticloadbalancing:load-balancer", "ec2:flow-log", "ecs:service", "ecs:task"], // who writes into it
    stuckMs: 60 * MINUTE,
    async *list(env) {
      const all = await allPages(async (ContinuationToken) => {
        const page = await read.s3.send(new ListBucketsCommand({ MaxBuckets: 1000, ContinuationToken }));
        return { items: page.Buckets, next: page.ContinuationToken };
      });
      const hints = idHints(env, TYPE);
      for (const { Name: id, BucketRegion = env.region } of all) {
        // The list is of all regions. Another's bucket is not ours, and S3 here would not even say its tags.
        if (BucketRegion !== env.region) continue;
        if (!hints.includes(id!) && !isCandidateName(id, env)) continue;
        const tags = await readTags(async () => {
          try {
            return tagsFrom((await read.s3.send(new GetBucketTaggingCommand({ Bucket: id }))).TagSet);
          } catch (error) {
            if (errorName(error) === "NoSuchTagSet") return {};
            throw error;
          }
        });
        if (tags)
          yield { type: TYPE, id: id!, arn: `arn:${partitionOf(env.region)}:s3:::${id}`, name: id, tags };
      }
    },
    async look({ id }) {
      const answer = await unlessNotFound(() => read.s3.send(new HeadBucketCommand({ Bucket: id })));
      return answer ? "present" : "absent";
    },
    /** Its policy may forbid to delete. Versioning may stay on: every version is deleted by its id. */
    async prepare({ id: Bucket }) {
      await unlessNotFound(() => write.s3.send(new DeleteBucketPolicyCommand({ Bucket })));
    },
    async remove({ id }) {
      const emptied = await empty(access, id, Date.now() + SLICE_MS);
      if (emptied !== "empty") return emptied;
      await write.s3.send(new DeleteBucketCommand({ Bucket: id }));
      return GONE;
    },
  };
  return [bucket];
};

/** Deletes page by page, so that a bucket of any size needs the memory of one page. */
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
    // Always the first page: the one before is gone.
    const page = await read.s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (versions.length === 0) return "empty";
    const Objects: ObjectIdentifier[] = versions.map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
    const answer = await write.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const failed = answer.Errors?.find(({ Code }) => !isNotFound(new PartialFailure(Code ?? "", "")));
    // S3 answers 200 and says in the body what it did not delete.
    if (failed)
      throw new PartialFailure(failed.Code ?? "Error", `object "${failed.Key}": ${failed.Message ?? ""}`);
    if (Date.now() >= until) return more;
  }
}
