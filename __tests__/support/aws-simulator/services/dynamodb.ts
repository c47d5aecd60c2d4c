import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { anywhere, operation, type Call, type Need, type Operations } from "../kernel/call";
import { AwsError, SimulatorGap } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { after, DURATIONS } from "../world/after";
import { tagList } from "../world/entity";
import type { Item, Table } from "../world/platform";
import type { World } from "../world/world";
import { fulfils, updated, type Names } from "./dynamodb-expressions";

function tableOf(world: World, name: string | undefined): Table {
  const table = world.tables.get(name);
  if (!table) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  return table;
}

/** Permission on a table, with the partition keys the call touches. */
function onTable(action: string, world: World, name: string | undefined, keys?: readonly string[]): Need {
  const table = world.tables.get(name);
  return {
    action: `dynamodb:${action}`,
    resource: table?.arn ?? world.arn("dynamodb", `table/${name}`),
    tags: table?.tags ?? {},
    ...(keys && { context: { "dynamodb:LeadingKeys": keys } }),
  };
}

function leadingKey(world: World, name: string | undefined, item: Item | undefined): string[] {
  const table = world.tables.get(name);
  const value = table && item?.[table.hashKey];
  return value ? [String(value.S ?? value.N)] : [];
}

function keyText(table: Table, item: Item): string {
  return JSON.stringify([item[table.hashKey], table.rangeKey === undefined ? null : item[table.rangeKey]]);
}

type Write = {
  TableName: string | undefined;
  ConditionExpression?: string;
  Key?: Item;
  Item?: Item;
  UpdateExpression?: string;
} & Names;

const conditionFailed = () =>
  new AwsError("ConditionalCheckFailedException", "The conditional request failed");

/** Checks the condition and returns what to do; nothing is changed before every check passed. */
function prepare(
  write: Write,
  world: World,
): { readonly table: Table; readonly key: string; readonly after: Item | undefined } {
  const table = tableOf(world, write.TableName);
  const key = keyText(table, (write.Key ?? write.Item)!);
  const before = table.items.get(key);
  if (!fulfils(before, write.ConditionExpression, write)) throw conditionFailed();
  if (write.Item) return { table, key, after: write.Item };
  if (write.UpdateExpression === undefined) return { table, key, after: undefined };
  return { table, key, after: updated(before ?? { ...write.Key }, write.UpdateExpression, write) };
}

/** A read that is not consistent, and an index, may be this far behind. */
const LAG_MS = 1_000;

function apply(
  change: ReturnType<typeof prepare>,
  { world, now }: Pick<Call, "world" | "now">,
): Item | undefined {
  const before = change.table.items.get(change.key);
  change.table.earlier.set(change.key, { item: before, until: now + LAG_MS });
  if (change.after) change.table.items.set(change.key, change.after);
  else change.table.items.delete(change.key);
  world.onItemChange?.(change.table, before, change.after);
  return before;
}

function write<Input extends object, Output extends object>(
  action: string,
  answer: (before: Item | undefined, after: Item | undefined, input: Input) => object,
) {
  return operation<Input, Output>(
    (input, world) => {
      const { TableName, Key, Item } = input as unknown as Write;
      return onTable(action, world, TableName, leadingKey(world, TableName, Key ?? Item));
    },
    (input, call) => {
      const change = prepare(input as unknown as Write, call.world);
      return answer(apply(change, call), change.after, input) as Output;
    },
  );
}

/** The items that a read sees. */
function itemsOf(table: Table, now: number, isConsistent: boolean | undefined): Map<string, Item> {
  if (isConsistent) return table.items;
  const seen = new Map(table.items);
  for (const [key, { item, until }] of table.earlier) {
    if (until <= now) table.earlier.delete(key);
    else if (item) seen.set(key, item);
    else seen.delete(key);
  }
  return seen;
}

type Read = {
  ConsistentRead?: boolean;
  TableName: string | undefined;
  IndexName?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: unknown;
} & Names & {
    KeyConditionExpression?: string;
    FilterExpression?: string;
  };

function search(input: Read, { world, now }: Call): object {
  const table = tableOf(world, input.TableName);
  const indexKeys = input.IndexName === undefined ? [] : table.indexes[input.IndexName];
  if (!indexKeys) throw new SimulatorGap(`index ${input.IndexName}`);
  if (input.IndexName !== undefined && input.ConsistentRead) {
    throw new AwsError(
      "ValidationException",
      "Consistent reads are not supported on global secondary indexes",
    );
  }
  const found = [...itemsOf(table, now, input.ConsistentRead)].filter(
    ([, item]) =>
      indexKeys.every((name) => item[name] !== undefined) &&
      fulfils(item, input.KeyConditionExpression, input),
  );
  const order = (entry: readonly [string, Item]) =>
    indexKeys.map((name) => JSON.stringify(entry[1][name])).join() + entry[0];
  const token = (input.ExclusiveStartKey as { token?: { S: string } } | undefined)?.token?.S;
  const { items, next } =
    input.ScanIndexForward === false
      ? { items: found.sort((a, b) => (order(a) > order(b) ? -1 : 1)), next: undefined }
      : pageOf(world, found, order, token, input.Limit);
  const shown = items.filter(([, item]) => fulfils(item, input.FilterExpression, input));
  return {
    Items: shown.map(([, item]) => structuredClone(item)),
    Count: shown.length,
    ...(next !== undefined && { LastEvaluatedKey: { token: { S: next } } }),
  };
}

export const DYNAMODB: Operations = {
  BatchGetItem: operation<dynamodb.BatchGetItemCommandInput, dynamodb.BatchGetItemCommandOutput>(
    (input, world) =>
      Object.entries(input.RequestItems ?? {}).map(([name, { Keys = [] }]) =>
        onTable(
          "BatchGetItem",
          world,
          name,
          Keys.flatMap((key) => leadingKey(world, name, key as Item) ?? []),
        ),
      ),
    (input, { world, now }) => {
      const responses = Object.entries(input.RequestItems ?? {}).map(
        ([name, { Keys = [], ConsistentRead }]) => {
          if (Keys.length > 100) throw new AwsError("ValidationException", "Too many items requested");
          const table = tableOf(world, name);
          const seen = itemsOf(table, now, ConsistentRead);
          const found = Keys.map((key) => seen.get(keyText(table, key as Item))).filter(
            (item) => item !== undefined,
          );
          return [name, structuredClone(found)];
        },
      );
      return { Responses: Object.fromEntries(responses) as dynamodb.BatchGetItemCommandOutput["Responses"] };
    },
  ),
  GetItem: operation<dynamodb.GetItemCommandInput, dynamodb.GetItemCommandOutput>(
    (input, world) =>
      onTable("GetItem", world, input.TableName, leadingKey(world, input.TableName, input.Key as Item)),
    (input, { world, now }) => {
      const table = tableOf(world, input.TableName);
      const item = itemsOf(table, now, input.ConsistentRead).get(keyText(table, input.Key as Item));
      return item ? { Item: structuredClone(item) as dynamodb.GetItemCommandOutput["Item"] } : {};
    },
  ),
  PutItem: write<dynamodb.PutItemCommandInput, dynamodb.PutItemCommandOutput>("PutItem", () => ({})),
  DeleteItem: write<dynamodb.DeleteItemCommandInput, dynamodb.DeleteItemCommandOutput>(
    "DeleteItem",
    (before, _after, input) => (input.ReturnValues === "ALL_OLD" && before ? { Attributes: before } : {}),
  ),
  UpdateItem: write<dynamodb.UpdateItemCommandInput, dynamodb.UpdateItemCommandOutput>(
    "UpdateItem",
    (before, after, input) => {
      if (input.ReturnValues === "ALL_NEW" || input.ReturnValues === "UPDATED_NEW")
        return { Attributes: structuredClone(after) };
      return input.ReturnValues === "ALL_OLD" ? { Attributes: before } : {};
    },
  ),
  TransactWriteItems: operation<
    dynamodb.TransactWriteItemsCommandInput,
    dynamodb.TransactWriteItemsCommandOutput
  >(
    (input, world) =>
      (input.TransactItems ?? []).map((entry) => {
        const [verb, body] = Object.entries(entry)[0] as [string, Write];
        const keys = leadingKey(world, body.TableName, body.Key ?? body.Item);
        return onTable(
          `${verb === "ConditionCheck" ? verb : `${verb}Item`}`.replace(
            "ConditionCheck",
            "ConditionCheckItem",
          ),
          world,
          body.TableName,
          keys,
        );
      }),
    (input, { world, now }) => {
      const entries = (input.TransactItems ?? []).map((entry) => Object.entries(entry)[0] as [string, Write]);
      const reasons: string[] = [];
      const changes = entries.map(([verb, body]) => {
        try {
          const change = prepare(body, world);
          reasons.push("None");
          return verb === "ConditionCheck" ? undefined : change;
        } catch (error) {
          if (!(error instanceof AwsError) || error.name !== "ConditionalCheckFailedException") throw error;
          reasons.push("ConditionalCheckFailed");
          return undefined;
        }
      });
      if (reasons.some((reason) => reason !== "None")) {
        const cancelled = new AwsError(
          "TransactionCanceledException",
          `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.join(", ")}]`,
        );
        throw Object.assign(cancelled, { CancellationReasons: reasons.map((Code) => ({ Code })) });
      }
      for (const change of changes) if (change) apply(change, { world, now });
      return {};
    },
  ),
  BatchWriteItem: operation<dynamodb.BatchWriteItemCommandInput, dynamodb.BatchWriteItemCommandOutput>(
    (input, world) =>
      Object.entries(input.RequestItems ?? {}).map(([table, requests]) =>
        onTable(
          "BatchWriteItem",
          world,
          table,
          requests.flatMap((r) =>
            leadingKey(world, table, (r.PutRequest?.Item ?? r.DeleteRequest?.Key) as Item),
          ),
        ),
      ),
    (input, { world, now, random, partialFailure }) => {
      const unprocessed: Record<string, dynamodb.WriteRequest[]> = {};
      for (const [TableName, requests] of Object.entries(input.RequestItems ?? {})) {
        if (requests.length > 25)
          throw new AwsError("ValidationException", "Too many items requested for the BatchWriteItem call");
        for (const request of requests) {
          if (random.chance(partialFailure)) (unprocessed[TableName] ??= []).push(request);
          else if (request.PutRequest)
            apply(prepare({ TableName, Item: request.PutRequest.Item as Item }, world), { world, now });
          else apply(prepare({ TableName, Key: request.DeleteRequest!.Key as Item }, world), { world, now });
        }
      }
      return { UnprocessedItems: unprocessed };
    },
  ),
  Query: operation<dynamodb.QueryCommandInput, dynamodb.QueryCommandOutput>(
    (input, world) => {
      const need = onTable("Query", world, input.TableName);
      return input.IndexName === undefined
        ? need
        : { ...need, resource: `${need.resource}/index/${input.IndexName}` };
    },
    (input, call) => search(input as Read, call) as dynamodb.QueryCommandOutput,
  ),
  Scan: operation<dynamodb.ScanCommandInput, dynamodb.ScanCommandOutput>(
    (input, world) => onTable("Scan", world, input.TableName),
    (input, call) => search(input as Read, call) as dynamodb.ScanCommandOutput,
  ),
  ListTables: operation<dynamodb.ListTablesCommandInput, dynamodb.ListTablesCommandOutput>(
    anywhere("dynamodb:ListTables"),
    (input, { world }) => {
      const { items, next } = pageOf(
        world,
        world.tables.all(),
        (t) => t.id,
        input.ExclusiveStartTableName,
        input.Limit,
      );
      return { TableNames: items.map((t) => t.id), LastEvaluatedTableName: next };
    },
  ),
  DescribeTable: operation<dynamodb.DescribeTableCommandInput, dynamodb.DescribeTableCommandOutput>(
    (input, world) => onTable("DescribeTable", world, input.TableName),
    (input, { world }) => {
      const table = tableOf(world, input.TableName);
      return {
        Table: {
          TableName: table.id,
          TableArn: table.arn,
          TableStatus: table.deleting ? "DELETING" : "ACTIVE",
          DeletionProtectionEnabled: table.deletionProtection,
        },
      };
    },
  ),
  ListTagsOfResource: operation<
    dynamodb.ListTagsOfResourceCommandInput,
    dynamodb.ListTagsOfResourceCommandOutput
  >(
    (input) => ({ action: "dynamodb:ListTagsOfResource", resource: input.ResourceArn ?? "*" }),
    (input, { world }) => {
      const table = world.tables.where((t) => t.arn === input.ResourceArn)[0];
      if (!table) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
      return { Tags: tagList(table.tags) };
    },
  ),
  UpdateTable: operation<dynamodb.UpdateTableCommandInput, dynamodb.UpdateTableCommandOutput>(
    (input, world) => onTable("UpdateTable", world, input.TableName),
    (input, { world }) => {
      const table = tableOf(world, input.TableName);
      if (table.deleting) throw new AwsError("ResourceInUseException", "Table is being deleted");
      if (input.DeletionProtectionEnabled !== undefined)
        table.deletionProtection = input.DeletionProtectionEnabled;
      return {};
    },
  ),
  DeleteTable: operation<dynamodb.DeleteTableCommandInput, dynamodb.DeleteTableCommandOutput>(
    (input, world) => onTable("DeleteTable", world, input.TableName),
    (input, call) => {
      const table = tableOf(call.world, input.TableName);
      if (table.deletionProtection) {
        throw new AwsError(
          "ValidationException",
          "Resource cannot be deleted as it is currently protected against deletion.",
        );
      }
      if (table.deleting) throw new AwsError("ResourceInUseException", "Table is being deleted");
      table.deleting = true;
      after(call, DURATIONS.table, () => call.world.tables.delete(table.id));
      return {};
    },
  ),
};
