import {
  formatInstant,
  MAX_LIFETIME_HOURS,
  type RegistryRecord,
  type StackRecord,
  type TestRecord,
} from "./registry";

const HOUR_MS = 3_600_000;

/** Attributes that survive a redeployment. The others are about one life of the environment. */
const LASTING: readonly string[] = [
  "kind",
  "environment",
  "system",
  "owner",
  "accountId",
  "region",
  "ephemeral",
  "ttlHours",
  "ttlMinutes",
  "stateRef",
  "byo",
  "timeZone",
  "hourlyCostUsd",
  "hourlyCostUnpriced",
] satisfies readonly (keyof StackRecord | keyof TestRecord)[];

/**
 * The record of an environment that is deployed again, without the age, warnings and progress of its earlier life.
 *
 * @param expiresAt milliseconds since 1970, like `now`
 */
export function newLife(earlier: RegistryRecord, expiresAt: number, now: number): RegistryRecord {
  const lasting = Object.fromEntries(
    Object.entries(earlier).filter(([name]) => LASTING.includes(name)),
  ) as unknown as RegistryRecord;
  return {
    ...lasting,
    phase: "ACTIVE",
    protected: false,
    createdAt: formatInstant(now),
    expiresAt: formatInstant(expiresAt),
    maxExpiresAt: formatInstant(Math.max(expiresAt, now + MAX_LIFETIME_HOURS * HOUR_MS)),
    token: 0,
    passes: 0,
    idlePasses: 0,
    deleted: {},
  };
}
