import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../../../cleanup/aws/clients";
import { chunks } from "../../../cleanup/aws/pages";
import { EXPIRE_AT, registryKey, SORT_KEY } from "../../../contract/registry";
import type { Audit, AuditLine } from "../core/ports";
import { toItem } from "./attributes";

/** Days that audit lines are kept. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

/** Most actions of one transaction, which unlike a batch leaves none of its writes undone. */
const TRANSACTION_ACTIONS = 100;

export interface AuditLogger {
  info(message: string, fields: object): void;
}

/** One line per decision and mutation, in the log and beside the record: both outlive the environment. */
export function audit(
  { dynamoDb }: Pick<Clients, "dynamoDb">,
  TableName: string,
  logger: AuditLogger,
): Audit {
  return {
    say(line) {
      logger.info(`${line.action}: ${line.outcome}`, { audit: fieldsOf(line) });
    },
    async keep(lines) {
      for (const some of chunks(lines, TRANSACTION_ACTIONS)) {
        const TransactItems = some.map((line) => ({ Put: { TableName, Item: itemOf(line) } }));
        await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems }));
      }
    },
  };
}

function fieldsOf({ at, ...rest }: AuditLine) {
  return { ts: new Date(at).toISOString(), ...rest };
}

function itemOf(line: AuditLine) {
  const fields = fieldsOf(line);
  const key = registryKey(line.environment, SORT_KEY.audit(fields.ts, line.passId, line.seq));
  const expireAt = Math.ceil((line.at + KEPT_DAYS * DAY_MS) / 1000);
  return toItem({ ...key, ...fields, [EXPIRE_AT]: expireAt });
}
