import { isTest, parseInstant, type RegistryRecord } from "../../contract/registry";
import type { Range } from "../../pricing/charge";
import { formatDuration } from "../../contract/duration";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The time to live of an ephemeral environment, from its record in the registry. */
export interface Terms {
  readonly environment: string;
  /** Set for a run of `automock test-env`; Terraform deployed all others. */
  readonly kind?: "test";
  readonly system: string;
  /** Id of the stack. */
  readonly stack: string;
  readonly owner: string;
  /** `ACTIVE`, `WARNED`, or the phase of its deletion. */
  readonly phase: string;
  readonly protected: boolean;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Latest possible expiry. */
  readonly maxExpiresAt: string;
  readonly ageMinutes: number;
  /** Negative if it has expired. */
  readonly minutesLeft: number;
  /** An estimate at the minimum number of tasks; absent if the record has none. */
  readonly usdHourly?: Pick<Range, "expected">;
  /** An estimate too: age times `usdHourly`. */
  readonly usdSoFar?: number;
  /** Set if something has no price: both figures are then minimums. */
  readonly atLeast?: true;
  /** Why no one could be warned; until that is fixed the environment is not deleted. */
  readonly warnFault?: string;
  /** The last error of the reaper. */
  readonly lastError?: string;
}

/** @param now milliseconds since 1970 */
export function termsOf(record: RegistryRecord, now: number): Terms {
  const { environment, system, owner, phase, createdAt, expiresAt, maxExpiresAt } = record;
  const { hourlyCostUsd, hourlyCostUnpriced = 0, warnFault, lastError } = record;
  const age = Math.max(0, now - parseInstant(createdAt)!);
  return {
    environment,
    ...(isTest(record) && { kind: "test" as const }),
    system,
    stack: `${system}-${environment}`,
    owner,
    phase,
    protected: record.protected,
    createdAt,
    expiresAt,
    maxExpiresAt,
    ageMinutes: Math.floor(age / MINUTE_MS),
    minutesLeft: Math.floor((parseInstant(expiresAt)! - now) / MINUTE_MS),
    ...(hourlyCostUsd !== undefined && {
      usdHourly: { expected: hourlyCostUsd },
      usdSoFar: Math.round((age / HOUR_MS) * hourlyCostUsd * 1000) / 1000,
      ...(hourlyCostUnpriced > 0 && { atLeast: true as const }),
    }),
    ...(warnFault !== undefined && { warnFault }),
    ...(lastError !== undefined && { lastError }),
  };
}

/** `2 h 5 min left`, or `expired 5 min ago`. */
export function timeLeft({ minutesLeft }: Pick<Terms, "minutesLeft">): string {
  if (minutesLeft === 0) return "less than a minute left";
  return minutesLeft > 0
    ? `${formatDuration(minutesLeft * MINUTE_MS)} left`
    : `expired ${formatDuration(-minutesLeft * MINUTE_MS)} ago`;
}

/** `2 h 5 min`; `< 1 min` right after the deployment. */
export function ageText({ ageMinutes }: Pick<Terms, "ageMinutes">): string {
  return ageMinutes === 0 ? "< 1 min" : formatDuration(ageMinutes * MINUTE_MS);
}
