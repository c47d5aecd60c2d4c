import { BatchGetItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Place } from "../contract/names";
import { NO_NOTICE } from "../contract/notice";
import {
  formatInstant,
  parseRecord,
  REGISTRY_KEY,
  SETTINGS_KEY,
  type ParsedRecord,
  type Phase,
  type RegistryRecord,
} from "../contract/registry";
import { NODE_PREFIX, type JournalEntry } from "../contract/test-run";
import { fromItem, toItem, type Item } from "./item";
import { environmentOf, isRefused, keyOf, Table, type Condition, type TableClient } from "./table";

/** Maximum number of keys per BatchGetItem. */
const BATCH_KEYS = 100;

/** A record with its environment's name, which is known even if the record has faults. */
export type Listed = ParsedRecord & { readonly environment: string };

/**
 * The ephemeral environments of one account and region: reads, and the two changes that people make. The reaper's
 * writes are in `ReaperRegistry`.
 *
 * @throws RegistryMissing from every call when the account has no registry in that region
 */
export class Registry {
  protected readonly table: Table;

  constructor(
    client: TableClient,
    readonly place: Place,
  ) {
    this.table = new Table(client, place);
  }

  /** The record of an environment. Throws if it cannot be read, which does not mean that it is missing. */
  async get(environment: string): Promise<ParsedRecord | { readonly kind: "missing" }> {
    const item = await this.table.get(environment);
    return item ? parseItem(item) : { kind: "missing" };
  }

  /** All unfinished records. */
  async list(): Promise<Listed[]> {
    return this.getAll(await this.table.open());
  }

  /** The records of some environments, as far as they have one. Consistent reads, many at a time. */
  async getAll(environments: readonly string[]): Promise<Listed[]> {
    const { name: table } = this.table;
    const items: Item[] = [];
    for (let wanted = environments.map((name) => keyOf(name)); wanted.length > 0;) {
      const { Responses = {}, UnprocessedKeys = {} } = await this.table.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: wanted.slice(0, BATCH_KEYS), ConsistentRead: true } },
        }),
      );
      items.push(...(Responses[table] ?? []));
      wanted = [...(UnprocessedKeys[table]?.Keys ?? []), ...wanted.slice(BATCH_KEYS)];
    }
    return items.map(fromItem).map((item) => ({ ...parseItem(item), environment: environmentOf(item) }));
  }

  /** The last line of each node of a test run's journal. */
  async journal(run: string): Promise<JournalEntry[]> {
    const items = await this.table.query(run, NODE_PREFIX);
    return items.map(({ pk: _pk, sk: _sk, ...entry }) => entry as unknown as JournalEntry);
  }

  /**
   * Whether the reaper may delete records of a kind in this account and region. Stacks only after someone has enabled
   * it; test runs, whose removal was asked for together with their creation, unless someone has disabled it.
   *
   * @param kind @default stacks
   */
  async deletionEnabled(kind?: RegistryRecord["kind"]): Promise<boolean> {
    const { name: TableName } = this.table;
    const { Item } = await this.table.send(
      new GetItemCommand({ TableName, Key: toItem(SETTINGS_KEY), ConsistentRead: true }),
    );
    return Item === undefined ? kind === "test" : fromItem(Item).deletionEnabled === true;
  }

  /**
   * Enables or disables deletion in this account and region. The reaper looks before every deletion.
   *
   * @param now milliseconds since 1970
   */
  async setDeletionEnabled(deletionEnabled: boolean, now: number): Promise<void> {
    const { name: TableName } = this.table;
    const item = { ...SETTINGS_KEY, deletionEnabled, changedAt: formatInstant(now) };
    await this.table.send(new PutItemCommand({ TableName, Item: toItem(item) }));
  }

  /** Sets a new expiry if the record is unchanged since it was read. False if it has changed. */
  moveExpiry(
    environment: string,
    move: { readonly from: string; readonly to: string; readonly phases: readonly Phase[] },
  ): Promise<boolean> {
    const phases = move.phases.map((phase, i) => [`:phase${i}`, phase] as const);
    return this.changeIf(
      environment,
      { expiresAt: move.to },
      {
        expression: `expiresAt = :from AND phase IN (${phases.map(([name]) => name).join(", ")})`,
        values: { ":from": move.from, ...Object.fromEntries(phases) },
      },
    );
  }

  /** Protects or unprotects, and resets the warning. False if the record no longer exists. */
  setProtected(environment: string, value: boolean): Promise<boolean> {
    return this.changeIf(environment, { protected: value, ...NO_NOTICE }, EXISTS);
  }

  /** Changes attributes of a record. False if the condition fails. */
  protected async changeIf(
    environment: string,
    changes: Readonly<Record<string, unknown>>,
    condition: Condition,
  ): Promise<boolean> {
    try {
      await this.table.update(environment, changes, condition);
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }
}

/** The environment has a record. */
export const EXISTS: Condition = {
  expression: "attribute_exists(#pk)",
  names: { "#pk": REGISTRY_KEY.partition },
};

/** A record whose key names another environment is invalid: it must not affect anyone's expiry. */
function parseItem(item: Readonly<Record<string, unknown>>): ParsedRecord {
  const parsed = parseRecord(item);
  const named = environmentOf(item);
  if (parsed.kind === "invalid" || parsed.record.environment === named) return parsed;
  const fault = `environment is "${parsed.record.environment}"; allowed: "${named}", as in its key`;
  return { kind: "invalid", faults: [fault], owner: parsed.record.owner };
}
