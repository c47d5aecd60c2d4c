import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Clients } from "../../../cleanup/aws/clients";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import { formatInstant, parseInstant, type StateRef } from "../../../contract/registry";
import type { LockHolder, StateLock } from "../core/ports";
import { formatLockInfo, lockInfo, parseLockInfo, REAPER_OPERATION, type LockInfo } from "./lock-info";

/** A lock record and the condition for its deletion. */
interface Held {
  readonly info: LockInfo;
  /** ETag of the lock file, text of the lock item. */
  readonly version: string;
}

/** One of Terraform's two places for a lock. */
interface Place {
  /** Returns false if another record exists already. */
  take(text: string): Promise<boolean>;
  read(): Promise<Held | undefined>;
  /** Deletes only this version of the record. */
  remove(version: string): Promise<void>;
}

type LockClients = Pick<Clients, "s3" | "dynamoDb">;

/**
 * Terraform's own lock on a state. The same records in the same order as Terraform's S3 backend: the lock file
 * first, then the item in the lock table. Always in both places, because the record is from the first deployment, and
 * `locking` may have changed since.
 *
 * @param functionArn shown to people who find the lock
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

/** Who holds the place; `undefined` if the reaper does. */
async function takeOrAdopt(place: Place, text: string, lockId: string): Promise<LockHolder | undefined> {
  // Twice, because the conflicting record may be gone before it is read.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await place.take(text)) return undefined;
    const held = await place.read();
    // Ours, from an earlier pass or from an attempt whose answer was lost.
    if (isOurs(held, lockId)) return undefined;
    if (held) return holderOf(held.info);
  }
  return { id: "", who: "someone who takes and releases it quickly", operation: "unknown" };
}

/** A lock of Terraform is never ours, even if someone wrote its id into the record. */
function isOurs(held: Held | undefined, lockId: string): boolean {
  return held?.info.ID === lockId && held.info.Operation === REAPER_OPERATION;
}

function holderOf({ ID, Who, Operation, Created }: LockInfo): LockHolder {
  const created = parseInstant(Created);
  return { id: ID, who: Who, operation: Operation, ...(created !== undefined && { created }) };
}

async function releaseAll(places: readonly Place[], ref: StateRef, lockId: string): Promise<void> {
  for (const place of places) {
    const held = await place.read();
    if (!held || !isOurs(held, lockId)) continue;
    await place.remove(held.version);
    if (isOurs(await place.read(), lockId)) {
      throw new Error(`the lock ${lockId} of ${ref.bucket}/${ref.key} still exists after its deletion`);
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
        // 409: someone else is writing it right now.
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
