import * as z from "zod/mini";
import { specOfRun, TEST_SYSTEM, TEST_TTL_MINUTES } from "./test-run";

/**
 * The registry has one record per ephemeral environment, with its owner, expiry and phase. Terraform creates the record
 * of a stack, `automock test-env` that of a test run; only the reaper and the CLI change it.
 */

/** Time to live in hours, counted from creation. */
export const TTL_HOURS = { min: 1, max: 168, default: 4 } as const;

/** Maximum time to live with extensions, in hours from creation: two weeks. */
export const MAX_LIFETIME_HOURS = 336;

/** Key attributes of the table. */
export const REGISTRY_KEY = { partition: "pk", sort: "sk" } as const;

/** Keys of the sparse index of unfinished records, and the only value of its partition key. */
export const OPEN_KEY = { partition: "open", sort: "expiresAt", value: "1" } as const;

/** DynamoDB's TTL attribute, in seconds since 1970. Only finished records and audit lines have it. */
export const EXPIRE_AT = "expireAt";

/** Sort keys of the items of one environment. */
export const SORT_KEY = {
  meta: "META",
  /** Unfinished resources of a cleanup: `RES#<type>#<id>`. */
  resource: (type: string, id: string) => `RES#${type}#${id}`,
  /** Audit lines: `AUDIT#<instant>#<pass>#<number>`. */
  audit: (at: string, passId: string, number: number) =>
    `AUDIT#${at}#${passId}#${String(number).padStart(6, "0")}`,
  /** Finished lives of the environment: `DONE#<instant>`. The next deployment uses META again. */
  done: (at: string) => `DONE#${at}`,
} as const;

export function registryKey(environment: string, sortKey: string = SORT_KEY.meta) {
  return { pk: `ENV#${environment}`, sk: sortKey };
}

/** Item that says which invocation is the worker, and until when. */
export const WORKER_KEY = { pk: "WORKER", sk: "PLACE" } as const;

/**
 * Item that says whether the reaper of this account and region may delete. Only people write it: the reaper's role
 * cannot.
 */
export const SETTINGS_KEY = { pk: "SETTINGS", sk: "REAPER" } as const;

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

const INSTANT = "an instant with a zone such as 2026-01-31T09:00:00Z";
const FLAG = "true or false";
const ACCOUNT_ID = "an account id of 12 digits";
const USD = "US dollars from 0";
const KIND = "stack, test or nothing, which means stack";
const RUN = "the id of a test run such as orders-k3f9aa";
const MINUTES = `whole minutes from ${TEST_TTL_MINUTES.min} to ${TEST_TTL_MINUTES.max}`;
const TTL = `whole hours from ${TTL_HOURS.min} to ${TTL_HOURS.max}`;
const STATE_REF = "bucket, key, useLockfile and, where there is one, lockTable";

// Each type's message is what is allowed; parseRecord adds attribute and value.
const text = z.string("text").check(z.minLength(1, "text"));
const flag = z.boolean(FLAG);
const count = z.int("an integer from 0").check(z.minimum(0, "an integer from 0"));
const instant = z.string(INSTANT).check(z.refine((value) => parseInstant(value) !== undefined, INSTANT));

/** Location of an environment's Terraform state. Strict, because a misspelled `lockTable` would disable the lock. */
const stateRef = z.readonly(
  z.strictObject(
    {
      bucket: text,
      key: text,
      /** Lock table; absent if Terraform locks only with a lock file. */
      lockTable: z.optional(text),
      /** Whether Terraform uses a lock file. */
      useLockfile: flag,
    },
    STATE_REF,
  ),
);

export type StateRef = z.infer<typeof stateRef>;

/** What every record has. Instants are ISO 8601 with a zone, unless a unit is given. */
const common = {
  environment: text,
  /** System of its stack, for example `automock`. */
  system: text,
  phase: z.enum(PHASES, `one of ${PHASES.join(", ")}`),
  owner: text,
  accountId: z.string(ACCOUNT_ID).check(z.regex(/^\d{12}$/, ACCOUNT_ID)),
  region: text,
  ephemeral: flag,
  createdAt: instant,
  expiresAt: instant,
  maxExpiresAt: instant,
  /** Set by hand to keep the environment after its expiry. */
  protected: flag,
  /** Ids and ARNs of resources that the environment uses but does not own. */
  byo: z.readonly(z.array(z.string("an id or ARN"), "a list of ids and ARNs")),
  /** IANA time zone that messages show beside UTC; an unknown one is left out. */
  timeZone: z.optional(text),
  /** US dollars per hour, for reports. */
  hourlyCostUsd: z.optional(z.number(USD).check(z.minimum(0, USD))),
  /** Number of resources without a price: with one or more, the environment costs at least `hourlyCostUsd`. */
  hourlyCostUnpriced: z.optional(count),
  /** The `expiresAt` that a warning is being sent for. */
  warnPending: z.optional(text),
  /** Why no one could be warned; nothing is deleted while that is so. */
  warnFault: z.optional(text),
  warnedAt: z.optional(instant),
  /** The `expiresAt` of the last warning sent. */
  warnFor: z.optional(text),
  /** The owner who received it. */
  warnedOwner: z.optional(text),
  leaseOwner: z.optional(text),
  /** Milliseconds since 1970. */
  leaseUntilMs: z.optional(count),
  /** Fencing token; increases with every lease. */
  token: count,
  passes: count,
  firstDeleteAt: z.optional(instant),
  /** Id of Terraform's lock while the reaper takes or holds it. */
  lockId: z.optional(text),
  /** The environment's own VPC, once it is proven. */
  vpcId: z.optional(text),
  inventoryHash: z.optional(text),
  lastError: z.optional(text),
  /** Hashes of the latest notices, separated by spaces, so that each is sent once. */
  failureSentFor: z.optional(text),
  /** Number of passes without progress. */
  idlePasses: count,
  /** Number of deleted resources by type; a pass that crashed may have deleted more. */
  deleted: z.readonly(z.record(z.string(), count, "numbers by type")),
};

/** The record of a stack, which Terraform deploys and whose owner is warned before its expiry. */
const stackRecord = z.readonly(
  z.object({
    ...common,
    kind: z.optional(z.literal("stack", KIND)),
    ttlHours: z.number(TTL).check(z.refine((hours) => ttlFault(hours) === undefined, TTL)),
    stateRef,
  }),
);

/**
 * The record of a test run. The command that creates it removes it too; the reaper removes what a dead one left. So it
 * has no schedules, nobody is warned, and there is no Terraform state: its inventory is its journal.
 */
const testRecord = z.readonly(
  z.object({
    ...common,
    kind: z.literal("test", KIND),
    system: z.literal(TEST_SYSTEM, TEST_SYSTEM),
    environment: text.check(z.refine((run) => specOfRun(run) !== undefined, RUN)),
    ttlMinutes: z
      .int(MINUTES)
      .check(z.minimum(TEST_TTL_MINUTES.min, MINUTES), z.maximum(TEST_TTL_MINUTES.max, MINUTES)),
  }),
);

export type StackRecord = z.infer<typeof stackRecord>;
export type TestRecord = z.infer<typeof testRecord>;
export type RegistryRecord = StackRecord | TestRecord;

/** Whether a record is that of a test run. */
export function isTest(record: Pick<RegistryRecord, "kind">): record is TestRecord {
  return record.kind === "test";
}

/** Why a time to live is not allowed, or `undefined` if it is. */
export function ttlFault(hours: number): string | undefined {
  if (Number.isInteger(hours) && hours >= TTL_HOURS.min && hours <= TTL_HOURS.max) return undefined;
  return `A time to live of ${hours} hours is not allowed; write whole hours from ${TTL_HOURS.min} to ${TTL_HOURS.max}`;
}

/**
 * Milliseconds since 1970 of an ISO 8601 instant with a zone (`Z` or an offset), or `undefined`. The zone is required,
 * because a local time depends on the machine.
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

/** ISO 8601 in UTC, in seconds, like Terraform's `timestamp()`. */
export function formatInstant(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** A record or its faults. A record with faults must raise an alarm, not count as "no time to live". */
export type ParsedRecord =
  | { readonly kind: "record"; readonly record: RegistryRecord }
  | { readonly kind: "invalid"; readonly faults: readonly string[]; readonly owner?: string };

/**
 * Validates an item. Faults name the attribute, its value and what is allowed. Attributes that are not part of the
 * record (keys, `open`) are dropped.
 */
export function parseRecord(item: Readonly<Record<string, unknown>>): ParsedRecord {
  const { data: record, error } = (item.kind === "test" ? testRecord : stackRecord).safeParse(item);
  const faults = error ? error.issues.map((issue) => faultOf(item, issue)) : [...orderFaults(record)];
  if (!error && faults.length === 0) return { kind: "record", record };
  const owner = text.safeParse(item.owner).data;
  return { kind: "invalid", faults, ...(owner !== undefined && { owner }) };
}

function faultOf(item: unknown, { path, message }: z.core.$ZodIssue): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], item);
  return `${path.join(".")} is ${JSON.stringify(value) ?? "missing"}; allowed: ${message}`;
}

function* orderFaults({ createdAt, expiresAt, maxExpiresAt }: RegistryRecord): Generator<string> {
  if (parseInstant(expiresAt)! <= parseInstant(createdAt)!) {
    yield `expiresAt is ${expiresAt}, not after createdAt ${createdAt}`;
  }
  if (parseInstant(expiresAt)! > parseInstant(maxExpiresAt)!) {
    yield `expiresAt is ${expiresAt}; allowed: up to maxExpiresAt ${maxExpiresAt}`;
  }
}
