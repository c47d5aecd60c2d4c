import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { OPEN_INDEX, reaperNames } from "../../contract/reaper";
import { OPEN_KEY, parseRecord, REGISTRY_KEY, registryKey, type ParsedRecord } from "../../contract/registry";
import { fromItem } from "../../contract/registry-item";
import type { Place } from "../../environments/stacks";
import { UserError } from "../../contract/user-error";

type Item = Record<string, AttributeValue>;

/** Most keys of one BatchGetItem. */
const BATCH = 100;

/** A record with the name of its environment, which is known even when the record has faults. */
export type Listed = ParsedRecord & { readonly environment: string };

/** The ephemeral environments of one account and region. */
export class Registry {
  private readonly tableName: string;

  constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    readonly place: Place,
  ) {
    this.tableName = reaperNames(place.accountId, place.region).registryTableName;
  }

  /** The record of an environment; `undefined` when it has none. */
  async get(environment: string): Promise<ParsedRecord | undefined> {
    const { Item: item } = await this.known(
      this.client.send(
        new GetItemCommand({ TableName: this.tableName, Key: keyOf(environment), ConsistentRead: true }),
      ),
    );
    return item && parseRecord(fromItem(item));
  }

  /** All records that are not finished. */
  async list(): Promise<Listed[]> {
    const keys = await this.openKeys();
    const items: Item[] = [];
    for (let wanted = keys; wanted.length > 0;) {
      const { Responses = {}, UnprocessedKeys = {} } = await this.known(
        this.client.send(
          new BatchGetItemCommand({
            RequestItems: { [this.tableName]: { Keys: wanted.slice(0, BATCH), ConsistentRead: true } },
          }),
        ),
      );
      items.push(...(Responses[this.tableName] ?? []));
      wanted = [...(UnprocessedKeys[this.tableName]?.Keys ?? []), ...wanted.slice(BATCH)];
    }
    return items.map((item) => ({ ...parseRecord(fromItem(item)), environment: environmentOf(item) }));
  }

  /** Sets another expiry if the record is still as it was read. False when it is not. */
  async moveExpiry(
    environment: string,
    move: { readonly from: string; readonly to: string; readonly phases: readonly string[] },
  ): Promise<boolean> {
    const phases = move.phases.map((phase, i) => [`:phase${i}`, { S: phase }] as const);
    return this.update(environment, {
      UpdateExpression: "SET expiresAt = :to",
      ConditionExpression: `expiresAt = :from AND phase IN (${phases.map(([name]) => name).join(", ")})`,
      ExpressionAttributeValues: {
        ":from": { S: move.from },
        ":to": { S: move.to },
        ...Object.fromEntries(phases),
      },
    });
  }

  /** Protects or unprotects. False when there is no record any more. */
  async setProtected(environment: string, value: boolean): Promise<boolean> {
    return this.update(environment, {
      UpdateExpression: "SET #protected = :value",
      ConditionExpression: "attribute_exists(#pk)",
      // `protected` is a word that DynamoDB reserves.
      ExpressionAttributeNames: { "#protected": "protected", "#pk": REGISTRY_KEY.partition },
      ExpressionAttributeValues: { ":value": { BOOL: value } },
    });
  }

  private async update(
    environment: string,
    change: Omit<ConstructorParameters<typeof UpdateItemCommand>[0], "TableName" | "Key">,
  ): Promise<boolean> {
    try {
      await this.known(
        this.client.send(
          new UpdateItemCommand({ TableName: this.tableName, Key: keyOf(environment), ...change }),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private async openKeys(): Promise<Item[]> {
    const keys: Item[] = [];
    let next: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey }: { Items?: Item[]; LastEvaluatedKey?: Item } = await this.known(
        this.client.send(
          new QueryCommand({
            TableName: this.tableName,
            IndexName: OPEN_INDEX,
            KeyConditionExpression: "#open = :open",
            ExpressionAttributeNames: { "#open": OPEN_KEY.partition },
            ExpressionAttributeValues: { ":open": { S: OPEN_KEY.value } },
            ExclusiveStartKey: next,
          }),
        ),
      );
      keys.push(...Items.map(({ pk, sk }) => ({ pk: pk!, sk: sk! })));
      next = LastEvaluatedKey;
    } while (next);
    return keys;
  }

  /** Says what it means that the table is missing. */
  private async known<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      const { accountId, region } = this.place;
      throw new UserError(
        `Account ${accountId} has no registry of environments in ${region} (table ${this.tableName}).\n` +
          "Make it with automock bootstrap, or name another --region or --profile.",
      );
    }
  }
}

function keyOf(environment: string): Item {
  const { pk, sk } = registryKey(environment);
  return { pk: { S: pk }, sk: { S: sk } };
}

function environmentOf(item: Item): string {
  const { pk } = registryKey("");
  return item[REGISTRY_KEY.partition]!.S!.slice(pk.length);
}
