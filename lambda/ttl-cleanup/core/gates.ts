import { formatDuration } from "../../../contract/duration";
import type { Inventory } from "../../../cleanup/engine/inventory";
import type { Instant } from "../../../cleanup/engine/time";
import { HOUR } from "../../../cleanup/engine/time";
import { stateBucketName, stateKey } from "../../../contract/names";
import { ENVIRONMENT_NAME, PERMANENT_NAMES } from "../../../contract/permanent-names";
import { isTest, type RegistryRecord } from "../../../contract/registry";
import { deletableFrom, formatInstant, MAX_SKEW, MIN_AGE, noticeEnds, times } from "./clock";
import type { ReaperConfig } from "./config";

/** A closed gate. */
export interface Refusal {
  readonly gate: GateName;
  readonly reason: string;
  /** When it opens by itself. */
  readonly until?: Instant;
  /** Waiting is not enough: someone has to look. */
  readonly alarm: boolean;
}

/** Input of the gates that are checked before any listing. */
export interface GateInput {
  readonly environment: string;
  readonly record: RegistryRecord;
  readonly config: ReaperConfig;
  readonly identity: { readonly accountId: string; readonly region: string; readonly alias?: string };
  readonly now: Instant;
  /** AWS's clock, from the `Date` header of an answer. */
  readonly authority: Instant;
  /** Whether people have enabled deletion in this account and region. */
  readonly deletionEnabled: boolean;
}

type Gate = (input: GateInput) => Omit<Refusal, "gate"> | undefined;

const refuse = (reason: string) => ({ reason, alarm: true });

const account: Gate = ({ config, identity, record }) => {
  if (config.accountId !== identity.accountId) {
    return refuse(
      `account ${identity.accountId} is not the one the reaper may work in (${config.accountId})`,
    );
  }
  return record.accountId === identity.accountId
    ? undefined
    : refuse(`the record names account ${record.accountId}, but this is ${identity.accountId}`);
};

/** Compares whole words: `acme-nonprod`, `preprod` and `product` are not production. */
const PRODUCTION = /(^|-)(prod|production)\d*(-|$)/i;

const accountAlias: Gate = ({ identity: { alias }, config }) =>
  alias !== undefined && PRODUCTION.test(alias) && !config.accountAliases.includes(alias)
    ? refuse(
        `the account is called ${alias}, which looks like production; if it is not, add it to accountAliases in environments/bootstrap.ts`,
      )
    : undefined;

const region: Gate = ({ config, identity, record }) =>
  record.region === identity.region && config.region === identity.region
    ? undefined
    : refuse(
        `the record names region ${record.region}, the settings ${config.region}, but this is ${identity.region}`,
      );

const name: Gate = ({ record, config }) =>
  [...PERMANENT_NAMES, ...config.permanentNames].includes(record.environment) ||
  !ENVIRONMENT_NAME.test(record.environment)
    ? refuse(`"${record.environment}" is not the name of an ephemeral environment`)
    : undefined;

/**
 * Also compares the state: another environment's would serve as the inventory and be emptied in the end, and in another
 * bucket there is neither a state nor Terraform's lock.
 */
const environment: Gate = ({ environment: asked, record, config }) => {
  const { environment: named, system } = record;
  if (asked !== named) return refuse(`the record of ${asked} names ${named}`);
  if (isTest(record)) return undefined;
  const { stateRef } = record;
  const key = stateKey(system, named);
  if (stateRef.key !== key)
    return refuse(`the record names the state ${stateRef.key}; that of ${named} is ${key}`);
  const bucket = stateBucketName(config.accountId, config.region);
  return stateRef.bucket === bucket
    ? undefined
    : refuse(
        `the record names the state bucket ${stateRef.bucket}; that of this account and region is ${bucket}`,
      );
};

const ephemeral: Gate = ({ record }) =>
  record.ephemeral ? undefined : refuse("the record says that the environment is not ephemeral");

const protectedRecord: Gate = ({ record }) =>
  record.protected ? { reason: "the record is protected", alarm: false } : undefined;

const skew: Gate = ({ now, authority }) =>
  Math.abs(now - authority) > MAX_SKEW
    ? refuse(
        `our clock says ${formatInstant(now)}, AWS's ${formatInstant(authority)}: more than ${formatDuration(MAX_SKEW)} apart`,
      )
    : undefined;

const expired: Gate = ({ record, now, authority }) => {
  const { expiresAt } = times(record);
  return Math.min(now, authority) >= expiresAt
    ? undefined
    : { reason: `it lives until ${record.expiresAt}`, until: expiresAt, alarm: false };
};

const minimumAge: Gate = ({ record, now, authority }) => {
  const until = times(record).createdAt + MIN_AGE;
  return Math.min(now, authority) >= until
    ? undefined
    : {
        reason: `it was created at ${record.createdAt}, less than ${formatDuration(MIN_AGE)} ago`,
        until,
        alarm: false,
      };
};

const warned: Gate = ({ record, now, authority, deletionEnabled }) => {
  // Without deletion there is nothing to warn of; of the end of a test run, its own command has told.
  if (!deletionEnabled || isTest(record)) return undefined;
  const until = noticeEnds(record);
  if (until === undefined) {
    const { warnFault } = record;
    return {
      reason: `nobody was warned of ${record.expiresAt}${warnFault === undefined ? "" : `; ${warnFault}`}`,
      until: now + HOUR,
      // Before the expiry, the metric of failed notices is enough of an alarm.
      alarm: warnFault !== undefined && now >= times(record).expiresAt,
    };
  }
  return Math.min(now, authority) >= until
    ? undefined
    : { reason: `the notice of its warning ends at ${formatInstant(until)}`, until, alarm: false };
};

const deletion: Gate = ({ deletionEnabled }) =>
  deletionEnabled
    ? undefined
    : {
        reason:
          "deletion is not enabled in this account and region; npx automock bootstrap --enable-deletion",
        alarm: false,
      };

/** In this order: account and place, environment, time, and whether anything is deleted here at all. */
const GATES = {
  account,
  "account-alias": accountAlias,
  region,
  name,
  environment,
  ephemeral,
  protected: protectedRecord,
  "clock-skew": skew,
  expired,
  "minimum-age": minimumAge,
  warned,
  deletion,
} as const satisfies Record<string, Gate>;

export type GateName = keyof typeof GATES | keyof typeof PLAN_GATES | "state-lock";

/**
 * Gates that an invocation by hand may override, if the settings allow it too. Account, region, ownership and the two
 * clocks are never overridden.
 */
export const OVERRIDABLE: readonly GateName[] = ["expired", "minimum-age", "warned", "plan-size"];

export function refusals(input: GateInput, override: readonly string[] = []): Refusal[] {
  return Object.entries(GATES).flatMap(([gate, check]) => {
    const refusal = overridden(gate, input.config, override) ? undefined : check(input);
    return refusal ? [{ gate: gate as GateName, ...refusal }] : [];
  });
}

type PlanGate = (inventory: Inventory, config: ReaperConfig) => Omit<Refusal, "gate"> | undefined;

const planSize: PlanGate = ({ items }, { maxResources }) =>
  items.length > maxResources
    ? refuse(`the plan has ${items.length} resources, more than ${maxResources}`)
    : undefined;

/** A resource in this environment's state has another environment's tag, so either the state or the tag is wrong. */
const environmentMismatch: PlanGate = ({ items }) => {
  const odd = items.filter(({ vetoes }) =>
    vetoes.some((veto) => veto.startsWith("tag automock:environment=")),
  );
  return odd.length > 0
    ? refuse(
        `of another environment: ${odd.map(({ key, vetoes }) => `${key} (${vetoes.join(", ")})`).join("; ")}`,
      )
    : undefined;
};

const PLAN_GATES = {
  "plan-size": planSize,
  "environment-mismatch": environmentMismatch,
} as const satisfies Record<string, PlanGate>;

export function planRefusals(
  inventory: Inventory,
  config: ReaperConfig,
  override: readonly string[] = [],
): Refusal[] {
  return Object.entries(PLAN_GATES).flatMap(([gate, check]) => {
    const refusal = overridden(gate, config, override) ? undefined : check(inventory, config);
    return refusal ? [{ gate: gate as GateName, ...refusal }] : [];
  });
}

function overridden(gate: string, config: ReaperConfig, override: readonly string[]): boolean {
  return (
    config.overridesEnabled && override.includes(gate) && (OVERRIDABLE as readonly string[]).includes(gate)
  );
}

/** When all closed gates will be open, if waiting is enough. */
export function opensAt(shut: readonly Refusal[], record: RegistryRecord): Instant | undefined {
  if (shut.some(({ alarm, until }) => alarm || until === undefined)) return undefined;
  return Math.max(deletableFrom(record) ?? 0, ...shut.map(({ until }) => until!));
}
