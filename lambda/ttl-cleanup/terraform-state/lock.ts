import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Clients } from "../../../cleanup/aws/clients";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import { formatInstant, parseInstant, type StateRef } from "../../../contract/registry";
import type { LockHolder, StateLock } from "../core/ports";
import { formatLockInfo, lockInfo, parseLockInfo, type LockInfo } from "./lock-info";

/** A lock record and what its deletion is conditional on. */
interface Held {
  readonly info: LockInfo;
  /** ETag of the lock file, text of the lock item. */
  readonly version: string;
}

/** One of Terraform's two places of a lock. */
interface Place {
  /** False when another record is there already. */
  take(text: string): Promise<boolean>;
  read(): Promise<Held | undefined>;
  /** Only this version of the record; another one stays. */
  remove(version: string): Promise<void>;
}

type LockClients = Pick<Clients, "s3" | "dynamoDb">;

/**
 * Terraform's own lock on a state. The same records in the same order as Terraform's S3 backend: the lock file
 * first, then the item in the lock table. Always in both places, whatever the record says: it is from the first
 * deploy, and which of the two Terraform uses may have changed since.
 *
 * @param functionArn who we are, for people who meet the lock
 * @param lockTable of the account and region
 */
export function stateLock(
  clients: LockClients,
  { functionArn, lockTable }: { readonly functionArn: string; readonly lockTable: string },
  now: () => number,
): StateLock {
  const placesOf = (ref: StateRef): readonly Place[] => [
    lockFile(clients, ref),
    lockItem(clients, ref, lockTable),
  ];
  const release = (ref: StateRef, lockId: string) => releaseAll(placesOf(ref), ref, lockId);
  return {
    async acquire(ref, lockId, info) {
      const path = `${ref.bucket}/${ref.key}`;
      const request = { lockId, info, functionArn, createdAt: formatInstant(now()), path };
      const text = formatLockInfo(lockInfo(request));
      for (const place of placesOf(ref)) {
        const holder = await takeOrAdopt(place, text, lockId);
        if (holder !== undefined) {
          await release(ref, lockId);
          return { kind: "busy", holder };
        }
      }
      return { kind: "held" };
    },
    release,
  };
}

/** Who holds the place instead of us; `undefined` when it is ours. */
async function takeOrAdopt(place: Place, text: string, lockId: string): Promise<LockHolder | undefined> {
  // Twice: the record that was in the way may be gone before it is read.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await place.take(text)) return undefined;
    const held = await place.read();
    // Ours from an earlier pass, or from a try whose answer was lost.
    if (held?.info.ID === lockId) return undefined;
    if (held) return holderOf(held.info);
  }
  return { id: "", who: "someone who takes and releases it quickly", operation: "unknown" };
}

function holderOf({ ID, Who, Operation, Created }: LockInfo): LockHolder {
  const created = parseInstant(Created);
  return { id: ID, who: Who, operation: Operation, ...(created !== undefined && { created }) };
}

async function releaseAll(places: readonly Place[], ref: StateRef, lockId: string): Promise<void> {
  for (const place of places) {
    const held = await place.read();
    if (held?.info.ID !== lockId) continue;
    await place.remove(held.version);
    if ((await place.read())?.info.ID === lockId) {
      throw new Error(`the lock ${lockId} of ${ref.bucket}/${ref.key} is still there after its removal`);
    }
  }
}

function lockFile({ s3 }: LockClients, { bucket: Bucket, key }: StateRef): Place {
  const Key = `${key}.tflock`;
  return {
    async take(Body) {
      try {
        await s3.send(
          new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json", IfNoneMatch: "*" }),
        );
        return true;
      } catch (error) {
        // 409: someone else is writing it at this moment.
        if (["PreconditionFailed", "ConditionalRequestConflict"].includes(errorName(error))) return false;
        throw error;
      }
    },
    async read() {
      const found = await unlessNotFound(() => s3.send(new GetObjectCommand({ Bucket, Key })));
      if (!found) return undefined;
      return {
        info: parseLockInfo((await found.Body?.transformToString()) ?? ""),
        version: found.ETag ?? "",
      };
    },
    async remove(IfMatch) {
      try {
        await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
      } catch (error) {
        // Another record by now, or none: `release` reads again and decides.
        const names = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "NotFound"];
        if (!names.includes(errorName(error))) throw error;
      }
    },
  };
}

function lockItem({ dynamoDb }: LockClients, { bucket, key }: StateRef, TableName: string): Place {
  const Key = { LockID: { S: `${bucket}/${key}` } };
  return {
    async take(text) {
      try {
        await dynamoDb.send(
          new PutItemCommand({
            TableName,
            Item: { ...Key, Info: { S: text } },
            ConditionExpression: "attribute_not_exists(LockID)",
          }),
        );
        return true;
      } catch (error) {
        if (errorName(error) === "ConditionalCheckFailedException") return false;
        throw error;
      }
    },
    async read() {
      const { Item } = await dynamoDb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      if (!Item) return undefined;
      const version = Item.Info?.S ?? "";
      return { info: parseLockInfo(version), version };
    },
    async remove(version) {
      try {
        await dynamoDb.send(
          new DeleteItemCommand({
            TableName,
            Key,
            ConditionExpression: "Info = :info",
            ExpressionAttributeValues: { ":info": { S: version } },
          }),
        );
      } catch (error) {
        if (errorName(error) !== "ConditionalCheckFailedException") throw error;
      }
    },
  };
}
