import {
  DynamoDBServiceException,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import type { Clients } from "../../../cleanup/aws/clients";
import { errorName } from "../../../cleanup/aws/errors";
import { allPages, chunks } from "../../../cleanup/aws/pages";
import type { Unfinished } from "../../../cleanup/engine/task";
import { OPEN_INDEX } from "../../../contract/reaper";
import {
  EXPIRE_AT,
  formatInstant,
  OPEN_KEY,
  parseRecord,
  registryKey,
  SORT_KEY,
} from "../../../contract/registry";
import { fromItem } from "../../../contract/registry-item";
import { LeaseLost, RecordChanged, type Lease, type Registry } from "../core/ports";
import { toAttribute, toItem, type Item } from "./attributes";

/** Attributes that are not the record's own. */
const NOT_OF_THE_RECORD = new Set(["pk", "sk", OPEN_KEY.partition, EXPIRE_AT, "proof"]);

interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Most actions of one transaction. */
const TRANSACTION_ACTIONS = 100;

const RESOURCE_PREFIX = SORT_KEY.resource("", "").replace(/#$/, "");
const DONE_PREFIX = SORT_KEY.done("");

/** The registry in DynamoDB. Every write that needs the lease is conditional on its token. */
export function registry({ dynamoDb }: Pick<Clients, "dynamoDb">, TableName: string): Registry {
  const keyOf = (environment: string, sortKey?: string): Item => toItem(registryKey(environment, sortKey));

  async function read(environment: string): Promise<Record<string, unknown> | undefined> {
    const get = new GetItemCommand({ TableName, Key: keyOf(environment), ConsistentRead: true });
    const { Item: item } = await dynamoDb.send(get);
    return item && fromItem(item);
  }

  function query(
    environment: string,
    prefix: string,
    newestFirst = false,
  ): Promise<Record<string, unknown>[]> {
    return allPages(async (token) => {
      const page = await dynamoDb.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": keyOf(environment).pk!, ":prefix": { S: prefix } },
          ScanIndexForward: !newestFirst,
          ExclusiveStartKey: token === undefined ? undefined : (JSON.parse(token) as Item),
        }),
      );
      const next = page.LastEvaluatedKey && JSON.stringify(page.LastEvaluatedKey);
      return { items: page.Items?.map(fromItem), next };
    });
  }

  /** Why a conditional write was refused: whose token the record has decides. */
  async function refusal(lease: Lease): Promise<Error> {
    const now = await read(lease.environment);
    return now?.token === lease.token
      ? new RecordChanged(`the record of ${lease.environment} was changed meanwhile`)
      : new LeaseLost(`another pass works on ${lease.environment}`);
  }

  async function update(
    environment: string,
    changes: Readonly<Record<string, unknown>>,
    condition: Condition,
  ): Promise<void> {
    const names = Object.keys(changes);
    const isRemoved = (name: string) => changes[name] === null;
    const set = names.filter((name) => !isRemoved(name) && changes[name] !== undefined);
    const removed = names.filter(isRemoved);
    const at = (name: string) => names.indexOf(name);
    const expressions = [
      set.length > 0 ? `SET ${set.map((name) => `#n${at(name)} = :v${at(name)}`).join(", ")}` : "",
      removed.length > 0 ? `REMOVE ${removed.map((name) => `#n${at(name)}`).join(", ")}` : "",
    ].filter((one) => one !== "");
    if (expressions.length === 0) return;
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf(environment),
        UpdateExpression: expressions.join(" "),
        ConditionExpression: condition.expression,
        // Always by placeholder: DynamoDB reserves words such as `token`, `protected` and `open`.
        ExpressionAttributeNames: {
          ...Object.fromEntries([...set, ...removed].map((name) => [`#n${at(name)}`, name])),
          ...condition.names,
        },
        ExpressionAttributeValues: toItem({
          ...Object.fromEntries(set.map((name) => [`:v${at(name)}`, changes[name]])),
          ...condition.values,
        }),
      }),
    );
  }

  /** As {@link update}, under a lease, and only while nobody extended or protected the environment. */
  async function leased(lease: Lease, changes: object, expiresAt?: string): Promise<void> {
    const token = { names: { "#token": "token" }, values: { ":token": lease.token } };
    const condition =
      expiresAt === undefined
        ? { expression: "#token = :token", ...token }
        : {
            expression: "#token = :token AND #expiresAt = :expiresAt AND #protected = :no",
            names: { ...token.names, "#expiresAt": "expiresAt", "#protected": "protected" },
            values: { ...token.values, ":expiresAt": expiresAt, ":no": false },
          };
    try {
      await update(lease.environment, { ...changes }, condition);
    } catch (error) {
      throw isRefused(error) ? await refusal(lease) : error;
    }
  }

  return {
    async get(environment) {
      const item = await read(environment);
      if (!item) return { kind: "missing" };
      const parsed = parseRecord(item);
      if (parsed.kind === "invalid" || parsed.record.environment === environment) return parsed;
      const fault = `environment is "${parsed.record.environment}"; allowed is "${environment}", as in its key`;
      return { kind: "invalid", faults: [fault] };
    },

    async listOpen() {
      const keys = await allPages(async (token) => {
        const page = await dynamoDb.send(
          new QueryCommand({
            TableName,
            IndexName: OPEN_INDEX,
            KeyConditionExpression: "#open = :open",
            ExpressionAttributeNames: { "#open": OPEN_KEY.partition },
            ExpressionAttributeValues: { ":open": { S: OPEN_KEY.value } },
            ExclusiveStartKey: token === undefined ? undefined : (JSON.parse(token) as Item),
          }),
        );
        const next = page.LastEvaluatedKey && JSON.stringify(page.LastEvaluatedKey);
        return { items: page.Items?.map(fromItem), next };
      });
      return keys.map(({ pk }) => String(pk).replace(registryKey("").pk, ""));
    },

    async takeLease(environment, owner, now, until) {
      try {
        const item = await dynamoDb.send(
          new UpdateItemCommand({
            TableName,
            Key: keyOf(environment),
            UpdateExpression: "SET leaseOwner = :owner, leaseUntilMs = :until ADD #token :one",
            ConditionExpression:
              "attribute_exists(pk) AND (attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR leaseOwner = :owner)",
            ExpressionAttributeNames: { "#token": "token" },
            ExpressionAttributeValues: toItem({ ":owner": owner, ":until": until, ":now": now, ":one": 1 }),
            ReturnValues: "ALL_NEW",
          }),
        );
        return { environment, owner, token: Number(item.Attributes?.token?.N) };
      } catch (error) {
        if (isRefused(error)) return undefined;
        throw error;
      }
    },

    update: (lease, changes, ifStill) => leased(lease, changes, ifStill?.expiresAt),

    releaseLease: (lease) => leased(lease, { leaseOwner: null, leaseUntilMs: null }),

    async complete(lease, at, proof, expireAt) {
      const item = await read(lease.environment);
      if (item?.token !== lease.token) throw await refusal(lease);
      const finished = {
        ...recordOf(item),
        phase: "DONE",
        ...registryKey(lease.environment, SORT_KEY.done(formatInstant(at))),
        proof,
        [EXPIRE_AT]: Math.ceil(expireAt / 1000),
      };
      await transact(lease, [
        { Put: { TableName, Item: toItem({ ...finished, ...WITHOUT_LEASE }) } },
        { Delete: { TableName, Key: keyOf(lease.environment), ...onlyWith(lease) } },
      ]);
    },

    async lastDone(environment) {
      const [newest] = await query(environment, DONE_PREFIX, true);
      const parsed = newest && parseRecord(newest);
      return parsed?.kind === "record" ? parsed.record : undefined;
    },

    async reopen(record) {
      const item = toItem({
        ...record,
        phase: "EXPIRED",
        ...registryKey(record.environment),
        [OPEN_KEY.partition]: OPEN_KEY.value,
      });
      const condition = { ConditionExpression: "attribute_not_exists(pk)" };
      try {
        await dynamoDb.send(
          new TransactWriteItemsCommand({
            TransactItems: [{ Put: { TableName, Item: item, ...condition } }],
          }),
        );
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
    },

    async unfinished(environment) {
      const items = await query(environment, RESOURCE_PREFIX);
      return items.map((item) => recordOf(item) as unknown as Unfinished);
    },

    async saveUnfinished(lease, resources) {
      const wanted = new Map(resources.map((one) => [SORT_KEY.resource(one.type, one.id), one]));
      const before = await query(lease.environment, RESOURCE_PREFIX);
      const writes: TransactWriteItem[] = [
        ...before
          .filter(({ sk }) => !wanted.has(String(sk)))
          .map(({ sk }) => ({ Delete: { TableName, Key: keyOf(lease.environment, String(sk)) } })),
        ...[...wanted].map(([sk, one]) => ({
          Put: { TableName, Item: toItem({ ...one, ...registryKey(lease.environment, sk) }) },
        })),
      ];
      for (const some of chunks(writes, TRANSACTION_ACTIONS - 1)) {
        const check = { TableName, Key: keyOf(lease.environment), ...onlyWith(lease) };
        await transact(lease, [{ ConditionCheck: check }, ...some]);
      }
    },
  };

  async function transact(lease: Lease, TransactItems: TransactWriteItem[]): Promise<void> {
    try {
      await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems }));
    } catch (error) {
      throw isRefused(error) ? await refusal(lease) : error;
    }
  }
}

const WITHOUT_LEASE = { leaseOwner: undefined, leaseUntilMs: undefined, lockId: undefined };

function onlyWith({ token }: Lease) {
  return {
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: { "#token": "token" },
    ExpressionAttributeValues: { ":token": toAttribute(token) },
  };
}

function recordOf(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !NOT_OF_THE_RECORD.has(name)));
}

/** A condition did not hold; in a transaction, that is one of its reasons. */
function isRefused(error: unknown): boolean {
  if (errorName(error) === "ConditionalCheckFailedException") return true;
  if (errorName(error) !== "TransactionCanceledException") return false;
  const { CancellationReasons } = error as DynamoDBServiceException & {
    CancellationReasons?: readonly { readonly Code?: string }[];
  };
  return CancellationReasons?.some(({ Code }) => Code === "ConditionalCheckFailed") ?? false;
}
