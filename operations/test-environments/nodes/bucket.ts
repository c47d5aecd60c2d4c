import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import { partitionOf } from "../../../contract/names";
import { testResourceName, type TestRun } from "../../../contract/test-run";
import { whenConsistent } from "../consistency";
import { tagList, tagRecord, type Node } from "./node";

/** A bucket; AWS blocks public access to new buckets and encrypts them. */
export function bucketNode(run: TestRun, node: string): Node {
  const Bucket = testResourceName(run, "bucket", node);
  const arn = `arn:${partitionOf(run.region)}:s3:::${Bucket}`;
  return {
    node,
    type: "s3:bucket",
    name: Bucket,
    after: [],
    calls: ["s3:GetBucketTagging", "s3:CreateBucket"],
    // In us-east-1, creating a bucket that one has already succeeds.
    looksFirst: true,
    async find({ clients }) {
      try {
        const found = await unlessNotTagged(() =>
          unlessNotFound(() => clients.s3.send(new GetBucketTaggingCommand({ Bucket }))),
        );
        return found && { id: Bucket, arn, tags: tagRecord(found.TagSet) };
      } catch (error) {
        // A bucket of another account.
        if (errorName(error) === "AccessDenied") return { id: Bucket, arn, tags: {} };
        throw error;
      }
    },
    async create(context) {
      await whenConsistent(context, () =>
        context.clients.s3.send(
          new CreateBucketCommand({
            Bucket,
            CreateBucketConfiguration: {
              ...(run.region !== "us-east-1" && {
                LocationConstraint: run.region as BucketLocationConstraint,
              }),
              Tags: tagList(context.tags),
            },
          }),
        ),
      );
      return { id: Bucket, arn };
    },
  };
}

async function unlessNotTagged<T extends object>(
  read: () => Promise<T | undefined>,
): Promise<T | { readonly TagSet: [] } | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorName(error) === "NoSuchTagSet") return { TagSet: [] };
    throw error;
  }
}
