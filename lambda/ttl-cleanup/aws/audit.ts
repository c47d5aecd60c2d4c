import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EXPIRE_AT, registryKey, SORT_KEY } from "../../../contract/registry";
import type { Audit } from "../core/ports";
import { toItem } from "./attributes";
import type { Clients } from "./clients";

/** Days that audit lines are kept. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

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
    async write(line) {
      const ts = new Date(line.at).toISOString();
      const { at, ...rest } = line;
      logger.info(`${line.action}: ${line.outcome}`, { audit: { ts, ...rest } });
      const key = registryKey(line.environment, SORT_KEY.audit(ts, line.passId, line.seq));
      const expireAt = Math.ceil((at + KEPT_DAYS * DAY_MS) / 1000);
      const Item = toItem({ ...key, ts, ...rest, [EXPIRE_AT]: expireAt });
      await dynamoDb.send(new PutItemCommand({ TableName, Item }));
    },
  };
}
