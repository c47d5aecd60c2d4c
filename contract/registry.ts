import type { Attribute } from "./registry-item";

/**
 * The registry: one record per ephemeral environment, the truth about owner, expiry and phase. Terraform
 * creates the record, the reaper and the command line change it, and nobody else.
 */

/** Hours an environment lives, counted from its creation. */
export const TTL_HOURS = { min: 1, max: 168, default: 4 } as const;

/** No extension reaches further than this, counted from creation: two weeks. */
export const MAX_LIFETIME_HOURS = 336;

/** Key attributes of the table. */
export const REGISTRY_KEY = { partition: "pk", sort: "sk" } as const;

/** Keys of the sparse index of unfinished records, and the one value of its partition. */
export const OPEN_KEY = { partition: "open", sort: "expiresAt", value: "1" } as const;

/** Attribute that DynamoDB's own expiry reads, in seconds since 1970. On finished records and audit lines only. */
export const EXPIRE_AT = "expireAt";

/** Sort keys of the items of one environment. */
export const SORT_KEY = {
  meta: "META",
  /** Unfinished resources of a cleanup: `RES#<type>#<id>`. */
  resource: (type: string, id: string) => `RES#${type}#${id}`,
  /** Audit lines: `AUDIT#<instant>#<pass>#<number>`. */
  audit: (at: string, passId: string, number: number) =>
    `AUDIT#${at}#${passId}#${String(number).padStart(6, "0")}`,
  /** Finished lives of the environment: `DONE#<instant>`. META is free again for the next deploy. */
  done: (at: string) => `DONE#${at}`,
} as const;

export function registryKey(environment: string, sortKey: string = SORT_KEY.meta) {
  return { pk: `ENV#${environment}`, sk: sortKey };
}

export const PHASES = [
  "ACTIVE",
  "WARNED",
  "EXPIRED",
  "DELETING",
  "FINALIZING",
  "VERIFYING",
  "STATE_RESET",
  "DONE",
  "STUCK",
] as const;

export type Phase = (typeof PHASES)[number];

/** Where an environment's Terraform state lies. */
export interface StateRef {
  readonly bucket: string;
  readonly key: string;
  /** Table of Terraform's locks; absent when locking is by lock file alone. */
  readonly lockTable?: string;
  /** Whether Terraform locks by a file next to the state. */
  readonly useLockfile: boolean;
}

/** The record of an environment. Instants are text in ISO 8601 with a zone, except where a unit is named. */
export interface RegistryRecord {
  /** `environment.name`. */
  readonly environment: string;
  /** System of its stack, for example `automock`. */
  readonly system: string;
  readonly phase: Phase;
  readonly owner: string;
  readonly accountId: string;
  readonly region: string;
  readonly ephemeral: boolean;
  readonly createdAt: string;
  readonly ttlHours: number;
  readonly expiresAt: string;
  readonly maxExpiresAt: string;
  /** Set by hand to keep the environment whatever the clock says. */
  readonly protected: boolean;
  readonly stateRef: StateRef;
  /** Ids and ARNs of resources the environment uses but does not own. */
  readonly byo: readonly string[];
  /** US dollars per hour, for the reports. */
  readonly hourlyCostUsd?: number;
  /** The `expiresAt` a warning is being sent for, and since when that is tried. */
  readonly warnPending?: string;
  readonly warnTriedAt?: string;
  readonly warnedAt?: string;
  /** The `expiresAt` the last warning was sent for. */
  readonly warnFor?: string;
  readonly leaseOwner?: string;
  /** Milliseconds since 1970. */
  readonly leaseUntilMs?: number;
  /** Fencing token: grows with every lease. */
  readonly token: number;
  readonly passes: number;
  readonly firstDeleteAt?: string;
  /** Id under which the reaper takes or holds Terraform's lock. */
  readonly lockId?: string;
  /** The environment's own VPC, once it is proven. */
  readonly vpcId?: string;
  readonly inventoryHash?: string;
  readonly lastError?: string;
  /** What the last failure notice said, as a hash, so that it is sent once. */
  readonly failureSentFor?: string;
  /** In how many passes nothing moved. */
  readonly idlePasses: number;
  /** Resources deleted so far, by type; a pass that died may have deleted more. */
  readonly deleted: Readonly<Record<string, number>>;
}

/** What the first deploy knows. Values may be Terraform expressions; they are copied, not read. */
export interface NewRecord extends Pick<
  RegistryRecord,
  "environment" | "system" | "owner" | "accountId" | "region" | "createdAt" | "expiresAt" | "maxExpiresAt"
> {
  readonly ttlHours: number;
  readonly stateRef: StateRef;
  readonly byo?: readonly string[];
  readonly hourlyCostUsd?: number;
}

/** The item that Terraform writes, in DynamoDB's JSON. */
export function newRecordItem(record: NewRecord): Record<string, Attribute> {
  const { pk, sk } = registryKey(record.environment);
  const { bucket, key, lockTable, useLockfile } = record.stateRef;
  const stateRef: Record<string, Attribute> = {
    bucket: { S: bucket },
    key: { S: key },
    useLockfile: { BOOL: useLockfile },
  };
  if (lockTable !== undefined) stateRef.lockTable = { S: lockTable };
  const item: Record<string, Attribute> = {
    [REGISTRY_KEY.partition]: { S: pk },
    [REGISTRY_KEY.sort]: { S: sk },
    [OPEN_KEY.partition]: { S: OPEN_KEY.value },
    environment: { S: record.environment },
    system: { S: record.system },
    phase: { S: "ACTIVE" satisfies Phase },
    owner: { S: record.owner },
    accountId: { S: record.accountId },
    region: { S: record.region },
    ephemeral: { BOOL: true },
    createdAt: { S: record.createdAt },
    ttlHours: { N: String(record.ttlHours) },
    expiresAt: { S: record.expiresAt },
    maxExpiresAt: { S: record.maxExpiresAt },
    protected: { BOOL: false },
    stateRef: { M: stateRef },
    byo: { L: (record.byo ?? []).map((id) => ({ S: id })) },
    token: { N: "0" },
    passes: { N: "0" },
    idlePasses: { N: "0" },
    deleted: { M: {} },
  };
  if (record.hourlyCostUsd !== undefined) item.hourlyCostUsd = { N: String(record.hourlyCostUsd) };
  return item;
}

/** What is wrong with a time to live, in a sentence; `undefined` when it is allowed. */
export function ttlFault(hours: number): string | undefined {
  if (Number.isInteger(hours) && hours >= TTL_HOURS.min && hours <= TTL_HOURS.max) return undefined;
  return `A time to live of ${hours} hours is not allowed; write whole hours from ${TTL_HOURS.min} to ${TTL_HOURS.max}`;
}

/**
 * Milliseconds since 1970 of an ISO 8601 instant that says its zone (`Z` or an offset); `undefined` for
 * anything else. A time without a zone is refused: it means another instant on every machine.
 */
export function parseInstant(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const match =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](\d{2}):(\d{2}))$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second, offsetHour = 0, offsetMinute = 0] = match
    .slice(1)
    .map(Number) as [number, number, number, number, number, number, number?, number?];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const offsetsFit = (offsetHour || 0) <= 14 && (offsetMinute || 0) <= 59;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || !offsetsFit) return undefined;
  const value = Date.parse(text);
  return Number.isNaN(value) ? undefined : value;
}

/** ISO 8601 in UTC, to the second: what Terraform's `timestamp()` writes too. */
export function formatInstant(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** A record, or everything that is wrong with it. A record with faults is an alarm, never "no time to live". */
export type ParsedRecord =
  | { readonly kind: "record"; readonly record: RegistryRecord }
  | { readonly kind: "invalid"; readonly faults: readonly string[] };

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string" && value !== "";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const instant: Check = (value) => parseInstant(value) !== undefined;
const object: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const texts: Check = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");
const counts: Check = (value) => object(value) && Object.values(value as object).every(count);
const money: Check = (value) => typeof value === "number" && Number.isFinite(value) && value >= 0;
const phase: Check = (value) => (PHASES as readonly unknown[]).includes(value);
const stateRef: Check = (value) => {
  if (!object(value)) return false;
  const { bucket, key, lockTable, useLockfile } = value as Partial<Record<keyof StateRef, unknown>>;
  return text(bucket) && text(key) && flag(useLockfile) && (lockTable === undefined || text(lockTable));
};

const INSTANT = "an instant with a zone such as 2026-01-31T09:00:00Z";
const TEXT = "text";
const COUNT = "a whole number from 0";

/** Every attribute of a record: its check, what is allowed, and whether it may be absent. */
const ATTRIBUTES: {
  readonly [K in keyof Required<RegistryRecord>]: readonly [
    check: Check,
    allowed: string,
    optional?: "optional",
  ];
} = {
  environment: [text, TEXT],
  system: [text, TEXT],
  phase: [phase, `one of ${PHASES.join(", ")}`],
  owner: [text, TEXT],
  accountId: [(value) => text(value) && /^\d{12}$/.test(value as string), "an account id of 12 digits"],
  region: [text, TEXT],
  ephemeral: [flag, "true or false"],
  createdAt: [instant, INSTANT],
  ttlHours: [
    (value) => typeof value === "number" && ttlFault(value) === undefined,
    `whole hours from ${TTL_HOURS.min} to ${TTL_HOURS.max}`,
  ],
  expiresAt: [instant, INSTANT],
  maxExpiresAt: [instant, INSTANT],
  protected: [flag, "true or false"],
  stateRef: [stateRef, "bucket, key, useLockfile and, where there is one, lockTable"],
  byo: [texts, "a list of ids and ARNs"],
  hourlyCostUsd: [money, "US dollars from 0", "optional"],
  warnPending: [text, TEXT, "optional"],
  warnTriedAt: [instant, INSTANT, "optional"],
  warnedAt: [instant, INSTANT, "optional"],
  warnFor: [text, TEXT, "optional"],
  leaseOwner: [text, TEXT, "optional"],
  leaseUntilMs: [count, COUNT, "optional"],
  token: [count, COUNT],
  passes: [count, COUNT],
  firstDeleteAt: [instant, INSTANT, "optional"],
  lockId: [text, TEXT, "optional"],
  vpcId: [text, TEXT, "optional"],
  inventoryHash: [text, TEXT, "optional"],
  lastError: [text, TEXT, "optional"],
  failureSentFor: [text, TEXT, "optional"],
  idlePasses: [count, COUNT],
  deleted: [counts, "numbers by type"],
};

/**
 * Reads an item, already turned from DynamoDB's JSON into plain values. Faults name attribute, value and
 * what is allowed. Attributes that are not of the record (keys, `open`) are left out.
 */
export function parseRecord(item: Readonly<Record<string, unknown>>): ParsedRecord {
  const faults: string[] = [];
  const record: Record<string, unknown> = {};
  for (const [name, [check, allowed, optional]] of Object.entries(ATTRIBUTES)) {
    const value = item[name];
    if (value === undefined && optional) continue;
    if (!check(value)) faults.push(`${name} is ${JSON.stringify(value) ?? "missing"}; allowed is ${allowed}`);
    record[name] = value;
  }
  if (faults.length === 0) faults.push(...orderFaults(record as unknown as RegistryRecord));
  return faults.length > 0
    ? { kind: "invalid", faults }
    : { kind: "record", record: record as unknown as RegistryRecord };
}

function* orderFaults({ createdAt, expiresAt, maxExpiresAt }: RegistryRecord): Generator<string> {
  if (parseInstant(expiresAt)! <= parseInstant(createdAt)!) {
    yield `expiresAt is ${expiresAt}, not after createdAt ${createdAt}`;
  }
  if (parseInstant(expiresAt)! > parseInstant(maxExpiresAt)!) {
    yield `expiresAt is ${expiresAt}; allowed is up to maxExpiresAt ${maxExpiresAt}`;
  }
}
