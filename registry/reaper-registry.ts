import { DeleteItemCommand, UpdateItemCommand, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Unfinished } from "../contract/deletion";
import { LeaseLost, RecordChanged, type Lease, type RecordChanges } from "../contract/lease";
import {
  EXPIRE_AT,
  formatInstant,
  OPEN_KEY,
  parseRecord,
  REGISTRY_KEY,
  registryKey,
  SORT_KEY,
  WORKER_KEY,
  type RegistryRecord,
} from "../contract/registry";
import { newLife } from "../contract/new-life";
import { NO_NOTICE } from "../contract/notice";
import type { CompletionProof } from "../contract/registry-items";
import { NODE_PREFIX } from "../contract/test-run";
import { toItem } from "./item";
import { EXISTS, Registry } from "./registry";
import { isRefused, keyOf, type Condition } from "./table";

const RESOURCE_PREFIX = SORT_KEY.resource("", "").replace(/#$/, "");
const DONE_PREFIX = SORT_KEY.done("");

/** Attributes that are not part of the record. */
const NOT_OF_THE_RECORD = new Set<string>([
  REGISTRY_KEY.partition,
  REGISTRY_KEY.sort,
  OPEN_KEY.partition,
  EXPIRE_AT,
  "proof",
]);

const WITHOUT_LEASE = { leaseOwner: undefined, leaseUntilMs: undefined, lockId: undefined };

/** The registry with the reaper's writes. Every write that requires the lease is conditional on its token. */
export class ReaperRegistry extends Registry {
  /** Names of unfinished environments, from the sparse index; may lag. */
  listOpen(until?: number): Promise<string[]> {
    return this.table.open(until);
  }

  /** Clears the warning of a record that someone has put back: it was for an earlier life. */
  async withdrawWarning(environment: string): Promise<void> {
    await this.changeIf(environment, NO_NOTICE, EXISTS);
  }

  /** Puts a record back into the index of unfinished ones. Does nothing if it is there. */
  async relist(environment: string): Promise<void> {
    await this.changeIf(
      environment,
      { [OPEN_KEY.partition]: OPEN_KEY.value },
      {
        expression: `${EXISTS.expression} AND attribute_not_exists(#open)`,
        names: { ...EXISTS.names, "#open": OPEN_KEY.partition },
      },
    );
  }

  /** Takes or renews the worker's place when it is free, over or this owner's; false: another has it. */
  async takePlace(owner: string, now: number, until: number): Promise<boolean> {
    try {
      await this.table.send(
        new UpdateItemCommand({
          TableName: this.table.name,
          Key: toItem(WORKER_KEY),
          UpdateExpression: "SET leaseOwner = :owner, leaseUntilMs = :until",
          ConditionExpression:
            "attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR leaseOwner = :owner",
          ExpressionAttributeValues: toItem({ ":owner": owner, ":until": until, ":now": now }),
        }),
      );
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }

  /** Gives the place up, if it is this owner's. */
  async leavePlace(owner: string): Promise<void> {
    try {
      await this.table.send(
        new DeleteItemCommand({
          TableName: this.table.name,
          Key: toItem(WORKER_KEY),
          ConditionExpression: "leaseOwner = :owner",
          ExpressionAttributeValues: toItem({ ":owner": owner }),
        }),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  /** Takes the lease if it is free, expired or already owned; token + 1. `undefined` if another owner holds it. */
  async takeLease(
    environment: string,
    owner: string,
    now: number,
    until: number,
  ): Promise<Lease | undefined> {
    try {
      const { Attributes } = await this.table.send(
        new UpdateItemCommand({
          TableName: this.table.name,
          Key: keyOf(environment),
          UpdateExpression: "SET leaseOwner = :owner, leaseUntilMs = :until ADD #token :one",
          ConditionExpression:
            "attribute_exists(pk) AND (attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR leaseOwner = :owner)",
          ExpressionAttributeNames: { "#token": "token" },
          ExpressionAttributeValues: toItem({ ":owner": owner, ":until": until, ":now": now, ":one": 1 }),
          ReturnValues: "ALL_NEW",
        }),
      );
      return { environment, owner, token: Number(Attributes?.token?.N) };
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
  }

  /**
   * Changes a record under a lease, and where given, only while nobody has extended or protected the environment.
   *
   * @throws LeaseLost when another owner took the lease, RecordChanged when another condition fails
   */
  update(lease: Lease, changes: RecordChanges, ifStill?: { readonly expiresAt: string }): Promise<void> {
    const condition = withToken(lease);
    return this.refusing(
      lease,
      this.table.update(
        lease.environment,
        changes,
        ifStill === undefined
          ? condition
          : {
              expression: `${condition.expression} AND #expiresAt = :expiresAt AND #protected = :no`,
              names: { ...condition.names, "#expiresAt": "expiresAt", "#protected": "protected" },
              values: { ...condition.values, ":expiresAt": ifStill.expiresAt, ":no": false },
            },
      ),
    );
  }

  releaseLease(lease: Lease): Promise<void> {
    return this.update(lease, { leaseOwner: null, leaseUntilMs: null });
  }

  /** Notes on a record that cannot be read what was told of it; false: that was told already. `null` takes it back. */
  tellOfFault(environment: string, about: string | null): Promise<boolean> {
    const other =
      about === null
        ? EXISTS
        : {
            expression: `${EXISTS.expression} AND (attribute_not_exists(failureSentFor) OR failureSentFor <> :about)`,
            names: EXISTS.names,
            values: { ":about": about },
          };
    return this.changeIf(environment, { failureSentFor: about }, other);
  }

  /**
   * Moves `META` to `DONE#<at>` without lease, `lockId` and `open`, to expire at `expireAt`, in one transaction. The
   * journal of a test run goes before it, so that an interrupted end is repeated.
   */
  async complete(lease: Lease, at: number, proof: CompletionProof, expireAt: number): Promise<void> {
    const { environment } = lease;
    const item = await this.table.get(environment);
    if (!item || !isOurs(item, lease)) throw await this.refusal(lease);
    const finished = {
      ...recordOf(item),
      phase: "DONE",
      ...registryKey(environment, SORT_KEY.done(formatInstant(at))),
      proof,
      [EXPIRE_AT]: Math.ceil(expireAt / 1000),
    };
    const TableName = this.table.name;
    const journal = item.kind === "test" ? await this.table.query(environment, NODE_PREFIX) : [];
    await this.refusing(
      lease,
      this.table.write(
        journal.map(({ sk }) => ({ Delete: { TableName, Key: keyOf(environment, String(sk)) } })),
        [{ ConditionCheck: { TableName, Key: keyOf(environment), ...onlyIf(withToken(lease)) } }],
      ),
    );
    const writes: TransactWriteItem[] = [
      { Put: { TableName, Item: toItem({ ...finished, ...WITHOUT_LEASE }) } },
      { Delete: { TableName, Key: keyOf(environment), ...onlyIf(withToken(lease)) } },
    ];
    await this.refusing(lease, this.table.write(writes));
  }

  /** The most recent finished life of an environment. */
  async lastDone(environment: string): Promise<RegistryRecord | undefined> {
    const [newest] = await this.table.query(environment, DONE_PREFIX, "descending");
    const parsed = newest && parseRecord(newest);
    return parsed?.kind === "record" ? parsed.record : undefined;
  }

  /** Restores a finished record as `META` of a new life, with `open`; no-op if `META` exists. */
  async reopen(record: RegistryRecord, expiresAt: number, now: number): Promise<void> {
    const Item = toItem({
      ...newLife(record, expiresAt, now),
      ...registryKey(record.environment),
      [OPEN_KEY.partition]: OPEN_KEY.value,
    });
    const condition = { ConditionExpression: "attribute_not_exists(pk)" };
    try {
      await this.table.write([{ Put: { TableName: this.table.name, Item, ...condition } }]);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  async unfinished(environment: string): Promise<Unfinished[]> {
    const items = await this.table.query(environment, RESOURCE_PREFIX);
    return items.map((item) => recordOf(item) as unknown as Unfinished);
  }

  /** Replaces the list of an environment's unfinished resources together with the numbers of the deleted ones. */
  async saveProgress(
    lease: Lease,
    resources: readonly Unfinished[],
    deleted: RegistryRecord["deleted"],
  ): Promise<void> {
    const { environment } = lease;
    const TableName = this.table.name;
    const wanted = new Map(resources.map((one) => [SORT_KEY.resource(one.type, one.id), one]));
    const before = await this.table.query(environment, RESOURCE_PREFIX);
    const writes: TransactWriteItem[] = [
      ...before
        .map(({ sk }) => String(sk))
        .filter((sk) => !wanted.has(sk))
        .map((sk) => ({ Delete: { TableName, Key: keyOf(environment, sk) } })),
      ...[...wanted].map(([sk, one]) => ({
        Put: { TableName, Item: toItem({ ...one, ...registryKey(environment, sk) }) },
      })),
    ];
    const condition = withToken(lease);
    const counted = {
      TableName,
      Key: keyOf(environment),
      UpdateExpression: "SET #deleted = :deleted",
      ...onlyIf({
        ...condition,
        names: { ...condition.names, "#deleted": "deleted" },
        values: { ...condition.values, ":deleted": deleted },
      }),
    };
    await this.refusing(lease, this.table.write(writes, [{ Update: counted }]));
  }

  private async refusing(lease: Lease, write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      throw isRefused(error) ? await this.refusal(lease) : error;
    }
  }

  /** Why a conditional write was refused: the token in the record decides. */
  private async refusal(lease: Lease): Promise<Error> {
    const { environment } = lease;
    const item = await this.table.get(environment);
    if (item === undefined) return new LeaseLost(`the record of ${environment} is gone`);
    return isOurs(item, lease)
      ? new RecordChanged(`the record of ${environment} was changed in the meantime`)
      : new LeaseLost(`another pass is working on ${environment}`);
  }
}

/** The token alone would not do: a record that someone puts back has an old one, which then is given again. */
function withToken({ token, owner }: Lease): Condition {
  return {
    expression: "#token = :token AND #leaseOwner = :leaseOwner",
    names: { "#token": "token", "#leaseOwner": "leaseOwner" },
    values: { ":token": token, ":leaseOwner": owner },
  };
}

function isOurs(item: Readonly<Record<string, unknown>> | undefined, { token, owner }: Lease): boolean {
  return item?.token === token && item.leaseOwner === owner;
}

/** A condition as the actions of a transaction take it. */
function onlyIf({ expression, names, values = {} }: Condition) {
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: toItem(values),
  };
}

function recordOf(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !NOT_OF_THE_RECORD.has(name)));
}
