import {
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import type { Place } from "../contract/names";
import { OPEN_INDEX, reaperNames } from "../contract/reaper";
import { formatInstant, OPEN_KEY, REGISTRY_KEY, registryKey } from "../contract/registry";
import { fromItem, toItem, type Item } from "./item";
import { RegistryMissing } from "./missing";

/** The part of the SDK's client used here, so that a simulator can replace it. */
export type TableClient = Pick<DynamoDBClient, "send">;

/** Conditions of a write, by placeholder. */
export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Maximum number of actions per transaction. */
const TRANSACTION_ACTIONS = 100;

type Values = Record<string, unknown>;

/**
 * The registry's table: requests in, plain values out. Reads of the table itself are strongly consistent.
 *
 * @throws RegistryMissing from every call if the table does not exist
 */
export class Table {
  readonly name: string;

  constructor(
    private readonly client: TableClient,
    readonly place: Place,
  ) {
    this.name = reaperNames(place.accountId, place.region).registryTableName;
  }

  async get(environment: string, sortKey?: string): Promise<Values | undefined> {
    const { Item } = await this.send(
      new GetItemCommand({ TableName: this.name, Key: keyOf(environment, sortKey), ConsistentRead: true }),
    );
    return Item && fromItem(Item);
  }

  /** The items of an environment sorted by sort key, optionally only those with a prefix. */
  query(
    environment: string,
    prefix?: string,
    order: "ascending" | "descending" = "ascending",
  ): Promise<Values[]> {
    return this.pages({
      ConsistentRead: true,
      KeyConditionExpression: `pk = :pk${prefix === undefined ? "" : " AND begins_with(sk, :prefix)"}`,
      ExpressionAttributeValues: toItem({ ":pk": registryKey(environment).pk, ":prefix": prefix }),
      ScanIndexForward: order === "ascending",
    });
  }

  /**
   * Names of the environments in the index of unfinished records, which may lag.
   *
   * @param until those that expire until then, in milliseconds since 1970 @default all
   */
  async open(until?: number): Promise<string[]> {
    const untilText = until === undefined ? undefined : formatInstant(until);
    const keys = await this.pages({
      IndexName: OPEN_INDEX,
      KeyConditionExpression: `#open = :open${untilText === undefined ? "" : " AND #expiresAt <= :until"}`,
      ExpressionAttributeNames: {
        "#open": OPEN_KEY.partition,
        ...(untilText !== undefined && { "#expiresAt": OPEN_KEY.sort }),
      },
      ExpressionAttributeValues: toItem({ ":open": OPEN_KEY.value, ":until": untilText }),
    });
    return keys.map(environmentOf);
  }

  /** Sets attributes of `META`, or removes those that are `null`, if the condition holds. */
  async update(
    environment: string,
    changes: Readonly<Record<string, unknown>>,
    condition: Condition,
  ): Promise<void> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    if (given.length === 0) return;
    const numbered = given.map(([name, value], i) => ({ name, value, at: `#n${i}`, is: `:v${i}` }));
    const set = numbered.filter(({ value }) => value !== null);
    const removed = numbered.filter(({ value }) => value === null);
    await this.send(
      new UpdateItemCommand({
        TableName: this.name,
        Key: keyOf(environment),
        UpdateExpression: [
          ...(set.length > 0 ? [`SET ${set.map(({ at, is }) => `${at} = ${is}`).join(", ")}`] : []),
          ...(removed.length > 0 ? [`REMOVE ${removed.map(({ at }) => at).join(", ")}`] : []),
        ].join(" "),
        ConditionExpression: condition.expression,
        // Always with placeholders, because `token`, `protected` and `open` are reserved words.
        ExpressionAttributeNames: {
          ...Object.fromEntries(numbered.map(({ at, name }) => [at, name])),
          ...condition.names,
        },
        ExpressionAttributeValues: toItem({
          ...Object.fromEntries(set.map(({ is, value }) => [is, value])),
          ...condition.values,
        }),
      }),
    );
  }

  /**
   * Writes items in transactions, each of which succeeds or fails as a whole.
   *
   * @param guard added to each of them, and written also without any item
   */
  async write(writes: readonly TransactWriteItem[], guard: readonly TransactWriteItem[] = []): Promise<void> {
    const size = TRANSACTION_ACTIONS - guard.length;
    let from = 0;
    do {
      const TransactItems = [...guard, ...writes.slice(from, from + size)];
      if (TransactItems.length > 0) await this.send(new TransactWriteItemsCommand({ TransactItems }));
      from += size;
    } while (from < writes.length);
  }

  /** The SDK's paginators accept only its own client class, which excludes simulators. */
  private async pages(query: Omit<QueryCommandInput, "TableName">): Promise<Values[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await this.send(new QueryCommand({ TableName: this.name, ...query, ExclusiveStartKey }));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return items.map(fromItem);
  }

  /** The client's `send`, with a missing table as `RegistryMissing`. */
  readonly send = (async (command: never) => {
    try {
      return await this.client.send(command);
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
      throw new RegistryMissing(this.place, this.name);
    }
  }) as DynamoDBClient["send"];
}

/** The key of an environment's item, `META` by default. */
export function keyOf(environment: string, sortKey?: string): Item {
  return toItem(registryKey(environment, sortKey));
}

/** The environment in an item's key. */
export function environmentOf(item: Readonly<Record<string, unknown>>): string {
  return String(item[REGISTRY_KEY.partition]).slice(registryKey("").pk.length);
}

/** A condition failed; in a transaction, it is one of several reasons. */
export function isRefused(error: unknown): boolean {
  if (isNamed(error, "ConditionalCheckFailedException")) return true;
  if (!isNamed(error, "TransactionCanceledException")) return false;
  const { CancellationReasons } = error as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return CancellationReasons?.some(({ Code }) => Code === "ConditionalCheckFailed") ?? false;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
