import { createHash } from "node:crypto";
import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type DeleteItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { formatInstant, OPEN_KEY, registryKey, EXPIRE_AT, type RegistryRecord } from "../contract/registry";
import { nodeSortKey, TEST_KEY, type JournalEntry } from "../contract/test-run";
import { fromItem, toItem } from "./item";
import { Registry } from "./registry";
import { isRefused, keyOf } from "./table";

const DAY_MS = 86_400_000;

/** Retention of finished runs in days. */
const STATS_DAYS = 90;

/** A finished run, as `stats` reads it. */
export interface FinishedRun {
  readonly run: string;
  readonly spec: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly exitCode: number;
  readonly resources: number;
  readonly createSeconds: number;
  readonly testSeconds?: number;
  readonly destroySeconds: number;
  /** Number of resources that were left to the reaper. */
  readonly leftovers: number;
}

/** The registry with the writes of test runs: record, journal, slots, breakers and pace. */
export class TestRunRegistry extends Registry {
  /** Writes the record of a new run. False if the run exists. */
  async open(record: RegistryRecord): Promise<boolean> {
    return this.conditionally(() =>
      this.table.send(
        new PutItemCommand({
          TableName: this.table.name,
          Item: toItem({
            ...record,
            ...registryKey(record.environment),
            [OPEN_KEY.partition]: OPEN_KEY.value,
          }),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
  }

  /** Writes a line of the journal. It replaces the node's earlier line. */
  async note(run: string, entry: JournalEntry): Promise<void> {
    await this.table.send(
      new PutItemCommand({
        TableName: this.table.name,
        Item: toItem({ ...entry, ...registryKey(run, nodeSortKey(entry.node)) }),
      }),
    );
  }

  /**
   * Removes record and journal of a run of which nothing is left, unless the reaper is at it: then the reaper does
   * that. In parts, the record last, so that an interrupted removal is repeated.
   */
  async close(run: string, nodes: readonly string[]): Promise<boolean> {
    const TableName = this.table.name;
    await this.table.write(
      nodes.map((node) => ({ Delete: { TableName, Key: keyOf(run, nodeSortKey(node)) } })),
    );
    return this.conditionally(() =>
      this.table.send(
        new DeleteItemCommand({
          TableName,
          Key: keyOf(run),
          ConditionExpression: "attribute_not_exists(leaseOwner)",
        }),
      ),
    );
  }

  /**
   * Lets a run expire within a second, so that the reaper takes over: an expiry must be after the creation. No-op without
   * a record, or when it has expired.
   */
  async expire(run: string, now: number): Promise<void> {
    const to = formatInstant(now + 1000);
    await this.changeIf(
      run,
      { expiresAt: to },
      { expression: "attribute_exists(pk) AND expiresAt > :now", values: { ":now": to } },
    );
  }

  /** Takes one of the slots of a spec: its own, a free one, or one whose run has expired. `undefined` if all are taken. */
  async takeSlot(
    spec: string,
    slots: number,
    run: string,
    times: { readonly now: number; readonly until: number },
  ): Promise<number | undefined> {
    const now = formatInstant(times.now);
    for (let attempt = 0; ; attempt++) {
      const items = await this.itemsOf(TEST_KEY.slot(spec, 0).pk);
      const taken = new Set(items.filter(({ expiresAt }) => String(expiresAt) > now).map(({ sk }) => sk));
      const own = items.find(({ run: by }) => by === run)?.sk;
      const all = Array.from({ length: slots }, (_, number) => number);
      const skOf = (number: number) => TEST_KEY.slot(spec, number).sk;
      const free = all.filter((number) => !taken.has(skOf(number)));
      // Runs that begin together would all want the first one, and take it one after another.
      const number = all.find((one) => skOf(one) === own) ?? free[spread(`${run} ${attempt}`, free.length)];
      if (number === undefined) return undefined;
      const got = await this.conditionally(() =>
        this.table.send(
          new PutItemCommand({
            TableName: this.table.name,
            Item: toItem({
              ...TEST_KEY.slot(spec, number),
              run,
              expiresAt: formatInstant(times.until),
              [EXPIRE_AT]: Math.ceil(times.until / 1000),
            }),
            ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR #run = :run",
            ExpressionAttributeNames: { "#run": "run" },
            ExpressionAttributeValues: toItem({ ":now": now, ":run": run }),
          }),
        ),
      );
      if (got) return number;
    }
  }

  /** Runs that hold slots of a spec now. */
  async slotHolders(spec: string, now: number): Promise<string[]> {
    const items = await this.itemsOf(TEST_KEY.slot(spec, 0).pk);
    return items
      .filter(({ expiresAt }) => String(expiresAt) > formatInstant(now))
      .map(({ run }) => String(run));
  }

  /** Frees every slot of a run. */
  freeSlots(spec: string, run: string): Promise<void> {
    return this.ownSlots(spec, run, (key) => new DeleteItemCommand(key));
  }

  /** Holds the slots of a run until another time, in milliseconds since 1970. One that it has lost stays lost. */
  holdSlots(spec: string, run: string, until: number): Promise<void> {
    const times = toItem({ ":until": formatInstant(until), ":expireAt": Math.ceil(until / 1000) });
    return this.ownSlots(
      spec,
      run,
      (key) =>
        new UpdateItemCommand({
          ...key,
          UpdateExpression: `SET expiresAt = :until, ${EXPIRE_AT} = :expireAt`,
          ExpressionAttributeValues: { ...key.ExpressionAttributeValues, ...times },
        }),
    );
  }

  /** Changes every slot of a run that is still its own. */
  private async ownSlots(
    spec: string,
    run: string,
    change: (key: DeleteItemCommandInput) => DeleteItemCommand | UpdateItemCommand,
  ): Promise<void> {
    for (const { pk, sk, run: by } of await this.itemsOf(TEST_KEY.slot(spec, 0).pk)) {
      if (by !== run) continue;
      const command = change({
        TableName: this.table.name,
        Key: toItem({ pk, sk }),
        ConditionExpression: "#run = :run",
        ExpressionAttributeNames: { "#run": "run" },
        ExpressionAttributeValues: toItem({ ":run": run }),
      });
      await this.conditionally(() => this.table.send(command as DeleteItemCommand));
    }
  }

  /** Until when a service's breaker is open, in milliseconds since 1970, or `undefined`. */
  async breakerUntil(service: string, now: number): Promise<number | undefined> {
    const [item] = await this.itemsOf(TEST_KEY.breaker(service).pk);
    const until = Date.parse(String(item?.openUntil ?? ""));
    return until > now ? until : undefined;
  }

  /** Opens a service's breaker. */
  async openBreaker(service: string, until: number, reason: string): Promise<void> {
    await this.table.send(
      new PutItemCommand({
        TableName: this.table.name,
        Item: toItem({
          ...TEST_KEY.breaker(service),
          openUntil: formatInstant(until),
          reason,
          [EXPIRE_AT]: Math.ceil(until / 1000) + 3600,
        }),
      }),
    );
  }

  /**
   * Reserves the next call of an operation that AWS limits per account. Returns the time until which the caller must
   * wait, in milliseconds since 1970.
   */
  async reserve(operation: string, everyMs: number, now: number): Promise<number> {
    for (;;) {
      const [item] = await this.itemsOf(TEST_KEY.pace(operation).pk);
      const before = item?.notBefore === undefined ? undefined : Number(item.notBefore);
      const mine = Math.max(now, before ?? now);
      const got = await this.conditionally(() =>
        this.table.send(
          new UpdateItemCommand({
            TableName: this.table.name,
            Key: toItem(TEST_KEY.pace(operation)),
            UpdateExpression: "SET notBefore = :next",
            ConditionExpression:
              before === undefined ? "attribute_not_exists(notBefore)" : "notBefore = :before",
            ExpressionAttributeValues: toItem({ ":next": mine + everyMs, ":before": before }),
          }),
        ),
      );
      if (got) return mine;
    }
  }

  /** Keeps the times and the result of a finished run. */
  async finished(one: FinishedRun): Promise<void> {
    await this.table.send(
      new PutItemCommand({
        TableName: this.table.name,
        Item: toItem({
          ...TEST_KEY.stats(one.spec, one.at, one.run),
          ...one,
          [EXPIRE_AT]: Math.ceil((Date.parse(one.at) + STATS_DAYS * DAY_MS) / 1000),
        }),
      }),
    );
  }

  /** Finished runs of a spec since an instant (ISO 8601 in UTC), the oldest first. */
  async finishedSince(spec: string, since: string): Promise<FinishedRun[]> {
    const { pk } = TEST_KEY.stats(spec, "", "");
    return (await this.itemsOf(pk, since)) as unknown as FinishedRun[];
  }

  private async itemsOf(pk: string, from?: string): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    let ExclusiveStartKey: ReturnType<typeof toItem> | undefined;
    do {
      const page = await this.table.send(
        new QueryCommand({
          TableName: this.table.name,
          ConsistentRead: true,
          KeyConditionExpression: from === undefined ? "pk = :pk" : "pk = :pk AND sk >= :from",
          ExpressionAttributeValues: toItem({ ":pk": pk, ":from": from }),
          ExclusiveStartKey,
        }),
      );
      found.push(...(page.Items ?? []).map(fromItem));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  private async conditionally(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }
}

/** A number below a limit: the same for the same text, and different for most others. */
function spread(text: string, limit: number): number {
  return createHash("sha256").update(text).digest().readUInt32BE() % limit;
}
