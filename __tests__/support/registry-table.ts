import {
  ConditionalCheckFailedException,
  ResourceNotFoundException,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { reaperNames } from "../../contract/reaper";
import { registryKey, SETTINGS_KEY } from "../../contract/registry";
import { toItem } from "../../registry/item";
import { Registry } from "../../registry/registry";
import { fulfils, updated, type Names } from "./aws-simulator/services/dynamodb-expressions";
import type { Item } from "./aws-simulator/world/platform";
import { ACCOUNT, HOUR, iso, recordOf, REGION, T0 } from "./reaper-values";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown> & Names;
}

/** The registry's table in memory, with DynamoDB's own reading of conditions, in pages of two keys. */
export class RegistryTable {
  public readonly items = new Map<string, Item>();
  /** Called before an update is looked at: what others do meanwhile. */
  public beforeUpdate: () => void = () => undefined;
  public missing = false;
  public deletionEnabled = true;

  constructor(private readonly place = { accountId: ACCOUNT, region: REGION }) {}

  public put(record: Readonly<Record<string, unknown>> = {}): void {
    const whole = { ...recordOf({ environment: "demo" }), ...record };
    const { environment } = whole;
    this.items.set(environment, toItem({ ...registryKey(environment), open: "1", ...whole }));
  }

  public change(environment: string, changes: Record<string, unknown>): void {
    this.items.set(environment, { ...this.items.get(environment), ...toItem(changes) });
  }

  public value(environment: string, name: string): AttributeValue | undefined {
    return this.items.get(environment)?.[name] as AttributeValue | undefined;
  }

  public get registry(): Registry {
    const send = async (command: Sent) => this.answer(command);
    return new Registry({ send } as unknown as Pick<DynamoDBClient, "send">, this.place);
  }

  private answer({ constructor: { name }, input }: Sent): object {
    const table = reaperNames(this.place.accountId, this.place.region).registryTableName;
    const tables = input.RequestItems ? Object.keys(input.RequestItems) : [input.TableName];
    if (this.missing || tables.join() !== table) {
      throw new ResourceNotFoundException({ message: "Requested resource not found", $metadata: {} });
    }
    const find = (key: unknown) => {
      const { S: pk } = (key as { pk: { S: string } }).pk;
      if (pk === SETTINGS_KEY.pk) return toItem({ deletionEnabled: this.deletionEnabled });
      return this.items.get(pk.slice("ENV#".length));
    };
    switch (name) {
      case "GetItemCommand":
        return { Item: find(input.Key) };
      case "PutItemCommand":
        // Only the settings are put as a whole.
        this.deletionEnabled = (input.Item as { deletionEnabled: { BOOL: boolean } }).deletionEnabled.BOOL;
        return {};
      case "QueryCommand": {
        if (input.IndexName !== "open") throw new Error("the test knows the index only");
        const all = [...this.items.values()].filter((item) =>
          fulfils(item, input.KeyConditionExpression as string, input),
        );
        const from = Number((input.ExclusiveStartKey as { n: { N: string } } | undefined)?.n.N ?? 0);
        return {
          Items: all.slice(from, from + 2).map(({ pk, sk, open }) => ({ pk, sk, open })),
          LastEvaluatedKey: from + 2 < all.length ? { n: { N: String(from + 2) } } : undefined,
        };
      }
      case "BatchGetItemCommand": {
        const keys = (input.RequestItems as Record<string, { Keys: unknown[] }>)[table]!.Keys;
        const left = keys.slice(2);
        return {
          Responses: {
            [table]: keys
              .slice(0, 2)
              .map(find)
              .filter((item) => item !== undefined),
          },
          UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left } } : {},
        };
      }
      case "UpdateItemCommand": {
        this.beforeUpdate();
        const item = find(input.Key);
        if (!fulfils(item, input.ConditionExpression as string, input)) {
          throw new ConditionalCheckFailedException({
            message: "The conditional request failed",
            $metadata: {},
          });
        }
        const after = updated(item ?? {}, input.UpdateExpression as string, input);
        this.items.set((item?.environment as { S: string }).S, after);
        return {};
      }
      default:
        throw new Error(`the test does not answer ${name}`);
    }
  }
}

/** Five environments: one overdue, one about to be deleted, two with time left and one with an invalid record. */
export function tableOfFive(): RegistryTable {
  const table = new RegistryTable();
  table.put({ environment: "late", expiresAt: iso(T0 + HOUR), phase: "STUCK", lastError: "vpc is in use" });
  table.put({ environment: "long", expiresAt: iso(T0 + 30 * HOUR), hourlyCostUsd: 0.25, owner: "team-b" });
  table.put({ environment: "soon", expiresAt: iso(T0 + 2.5 * HOUR), protected: true, phase: "WARNED" });
  table.put({ environment: "odd", phase: "SLEEPING" });
  table.put({ environment: "huge", expiresAt: iso(T0 + 40 * HOUR), hourlyCostUsd: 12.345 });
  return table;
}
