import type { Place } from "../contract/names";
import { EXPIRE_AT, registryKey, SORT_KEY } from "../contract/registry";
import type { AuditLine } from "../contract/registry-items";
import { toItem, type Item } from "./item";
import { Table, type TableClient } from "./table";

/** Retention of audit lines in days. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

export interface AuditLogger {
  info(message: string, fields: object): void;
}

/** One line per decision and change, in the log and beside the record; both outlive the environment. */
export class Audit {
  private readonly table: Table;

  constructor(
    client: TableClient,
    place: Place,
    private readonly logger: AuditLogger,
  ) {
    this.table = new Table(client, place);
  }

  /** Written to the log immediately, whatever happens next. */
  say(line: AuditLine): void {
    this.logger.info(`${line.action}: ${line.outcome}`, { audit: fieldsOf(line) });
  }

  /** Written to the table in transactions, which, unlike batches, leave no unprocessed items. */
  keep(lines: readonly AuditLine[]): Promise<void> {
    return this.table.write(
      lines.map((line) => ({ Put: { TableName: this.table.name, Item: itemOf(line) } })),
    );
  }
}

function fieldsOf({ at, ...rest }: AuditLine) {
  return { ts: new Date(at).toISOString(), ...rest };
}

function itemOf(line: AuditLine): Item {
  const fields = fieldsOf(line);
  const key = registryKey(line.environment, SORT_KEY.audit(fields.ts, line.passId, line.seq));
  const expireAt = Math.ceil((line.at + KEPT_DAYS * DAY_MS) / 1000);
  return toItem({ ...key, ...fields, [EXPIRE_AT]: expireAt });
}
