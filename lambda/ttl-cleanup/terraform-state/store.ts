import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Access, Clients } from "../../../cleanup/aws/clients";
import { errorName, isDenied, unlessNotFound } from "../../../cleanup/aws/errors";
import { formatInstant, type StateRef } from "../../../contract/registry";
import type { StateStore } from "../core/ports";
import { digestOf, emptiedState, parseState, StateFormatError } from "./state-file";

export interface StateObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly versionId?: string;
}

/**
 * The state's object; `undefined` if the stack was never applied.
 *
 * @throws StateFormatError if it is empty
 */
export async function readState(
  { s3 }: Pick<Clients, "s3">,
  { bucket, key }: Pick<StateRef, "bucket" | "key">,
): Promise<StateObject | undefined> {
  const found = await unlessNotFound(() => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  const bytes = await found?.Body?.transformToByteArray();
  if (!found) return undefined;
  // Terraform treats it as missing and would create everything again, although the old resources may still exist.
  if (!bytes || bytes.length === 0) {
    throw new StateFormatError("the state has 0 bytes; restore an earlier version of it");
  }
  return { bytes, etag: found.ETag ?? "", versionId: found.VersionId };
}

/** Stored next to an emptied state: how to restore the last full one. */
export interface Tombstone {
  readonly environment: string;
  readonly reapedAt: string;
  readonly reapedBy: string;
  readonly lineage: string;
  /** Of the last full state. */
  readonly serial: number;
  /** S3 version of the last full state. */
  readonly versionId?: string;
}

function tombstoneKey(stateKey: string): string {
  return `${stateKey}.reaped.json`;
}

/**
 * Empties a state in place, as `terraform destroy` does: tombstone, state (compare-and-swap), digest. An invocation may
 * end after any step; the next one continues from what it finds.
 *
 * @param functionArn named in the tombstone
 * @param lockTable of the account and region; it also contains the digests
 */
export function stateStore(
  { read, write }: Access,
  { functionArn, lockTable }: { readonly functionArn: string; readonly lockTable: string },
): StateStore {
  return {
    async reset(ref, environment, at, listed) {
      const object = await readState(read, ref);
      if (!object) {
        await deleteDigest(write, ref, lockTable);
        return { kind: "absent" };
      }
      const state = parseState(object.bytes);
      if (state.empty) {
        // From an earlier invocation, or from an operator's destroy. The digest may be missing.
        await repairDigest(write, ref, lockTable, object.bytes);
        const versionId = (await readTombstone(write, ref))?.versionId;
        return { kind: "emptied", serial: state.serial, ...(versionId !== undefined && { versionId }) };
      }
      if (object.etag !== listed) {
        const error = `the state ${ref.bucket}/${ref.key} was written after its resources were listed`;
        return { kind: "conflict", error };
      }
      await putJson(write, ref.bucket, tombstoneKey(ref.key), {
        environment,
        reapedAt: formatInstant(at),
        reapedBy: functionArn,
        lineage: state.lineage,
        serial: state.serial,
        versionId: object.versionId,
      } satisfies Tombstone);
      const emptied = emptiedState(state);
      const conflict = await swap(write, read, ref, object.etag, emptied);
      if (conflict !== undefined) return { kind: "conflict", error: conflict };
      await repairDigest(write, ref, lockTable, emptied);
      return { kind: "emptied", serial: state.serial + 1, versionId: object.versionId };
    },
  };
}

/** What went wrong if the state is no longer the one that was read. */
async function swap(
  write: Clients,
  read: Clients,
  { bucket, key }: StateRef,
  etag: string,
  Body: Uint8Array,
): Promise<string | undefined> {
  try {
    await write.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body,
        ContentType: "application/json",
        IfMatch: etag,
      }),
    );
    return undefined;
  } catch (error) {
    const name = errorName(error);
    if (!["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"].includes(name)) throw error;
    // The answer to our own first attempt may have been lost, and its repetition refused.
    const now = await readState(read, { bucket, key });
    if (now && digestOf(now.bytes) === digestOf(Body)) return undefined;
    return `${name}: the state ${bucket}/${key} was written under our lock`;
  }
}

async function readTombstone({ s3 }: Clients, { bucket, key }: StateRef): Promise<Tombstone | undefined> {
  try {
    const found = await unlessNotFound(() =>
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: tombstoneKey(key) })),
    );
    return found && (JSON.parse((await found.Body?.transformToString()) ?? "") as Tombstone);
  } catch (error) {
    // Without the right to list, S3 answers 403 for a missing object. This is for the report only.
    if (isDenied(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function putJson({ s3 }: Clients, Bucket: string, Key: string, value: object): Promise<void> {
  const Body = `${JSON.stringify(value, null, 2)}\n`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
}

/** Key of the item in the lock table that has the digest of a state. */
export function digestKey({ bucket, key }: StateRef) {
  return { LockID: { S: `${bucket}/${key}-md5` } };
}

/** Terraform compares it with the state's bytes and stops if they differ. */
async function repairDigest(
  { dynamoDb }: Clients,
  ref: StateRef,
  TableName: string,
  bytes: Uint8Array,
): Promise<void> {
  const Digest = digestOf(bytes);
  const at = { TableName, Key: digestKey(ref), ConsistentRead: true };
  const { Item } = await dynamoDb.send(new GetItemCommand(at));
  // Without the table Terraform stores no digest. An old one would be used again after a change of `locking`.
  if (Item?.Digest?.S === Digest || (!Item && ref.lockTable === undefined)) return;
  const item = { ...digestKey(ref), Digest: { S: Digest } };
  await dynamoDb.send(new PutItemCommand({ TableName, Item: item }));
}

/** With a digest but without a state, Terraform would wait for a state that never comes. */
async function deleteDigest({ dynamoDb }: Clients, ref: StateRef, TableName: string): Promise<void> {
  await dynamoDb.send(new DeleteItemCommand({ TableName, Key: digestKey(ref) }));
}
