import { OPEN_KEY, registryKey, type Phase, type StackRecord } from "../contract/registry";
import { toItem, type Item } from "./item";

/** What is known at the first deployment. Text may contain Terraform expressions, which are copied unchanged. */
export interface NewRecord extends Pick<
  StackRecord,
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
  | "timeZone"
> {
  readonly byo?: readonly string[];
  /** US dollars per hour, a number or an expression. @default not reported */
  readonly hourlyCostUsd?: number | string;
  /** Number of resources that are not in that figure: a number, or the expression of one. @default not reported */
  readonly hourlyCostUnpriced?: number | string;
}

/** The item that Terraform writes, in DynamoDB's JSON. */
export function newRecordItem({ byo = [], hourlyCostUsd, hourlyCostUnpriced, ...record }: NewRecord): Item {
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
  return { ...item, ...numbers({ hourlyCostUsd, hourlyCostUnpriced }) };
}

/** Those that are given: DynamoDB's numbers are texts, so they may be expressions. */
function numbers(values: Readonly<Record<string, number | string | undefined>>): Item {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { N: String(value) }]],
    ),
  );
}
