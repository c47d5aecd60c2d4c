import { OPEN_KEY, registryKey, type Phase, type RegistryRecord } from "../contract/registry";
import { toItem, type Item } from "./item";

/** What is known at the first deployment. Text may contain Terraform expressions, which are copied unchanged. */
export interface NewRecord extends Pick<
  RegistryRecord,
  | "environment"
  | "system"
  | "owner"
  | "accountId"
  | "region"
  | "createdAt"
  | "ttlHours"
  | "expiresAt"
  | "maxExpiresAt"
  | "stateRef"
> {
  readonly byo?: readonly string[];
  /** US dollars per hour, a number or an expression. @default not reported */
  readonly hourlyCostUsd?: number | string;
}

/** The item that Terraform writes, in DynamoDB's JSON. */
export function newRecordItem({ byo = [], hourlyCostUsd, ...record }: NewRecord): Item {
  const item = toItem({
    ...registryKey(record.environment),
    [OPEN_KEY.partition]: OPEN_KEY.value,
    ...record,
    phase: "ACTIVE" satisfies Phase,
    ephemeral: true,
    protected: false,
    byo,
    token: 0,
    passes: 0,
    idlePasses: 0,
    deleted: {},
  });
  return hourlyCostUsd === undefined ? item : { ...item, hourlyCostUsd: { N: String(hourlyCostUsd) } };
}
