import { MINUTE, type Instant } from "../../../cleanup/engine/time";
import { formatInstant, isTest, parseInstant, type RegistryRecord } from "../../../contract/registry";

/**
 * The warning is sent this long before expiry. The scheduler is exact to a minute
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html), so people have at
 * least one hour.
 */
export const WARN_LEAD = 62 * MINUTE;

/** Minimum time between warning and deletion, however short the time to live. */
const NOTICE = 55 * MINUTE;

/** An environment younger than this is never deleted: its creation clock may have been wrong. */
export const MIN_AGE = 15 * MINUTE;

/** Nothing is deleted if two clocks differ by more than this. */
export const MAX_SKEW = 5 * MINUTE;

/** The clock of a record, in milliseconds. Records are validated when read, so every text parses. */
export function times(record: RegistryRecord) {
  return {
    createdAt: instantOf(record.createdAt),
    expiresAt: instantOf(record.expiresAt),
    maxExpiresAt: instantOf(record.maxExpiresAt),
    warnAt: instantOf(record.expiresAt) - WARN_LEAD,
  };
}

/** Reads an instant; throws if it is not one. */
export function instantOf(text: string): Instant {
  const value = parseInstant(text);
  if (value === undefined) throw new Error(`"${text}" is not an instant with a zone`);
  return value;
}

/** Whether two texts name the same instant, in any zone and precision. */
export function sameInstant(a: string | undefined, b: string): boolean {
  return (
    a !== undefined && (a === b || (parseInstant(a) !== undefined && parseInstant(a) === parseInstant(b)))
  );
}

/** One warning per `expiresAt`, due from 62 minutes before it, also if the environment was registered later. */
export function warningDue(record: RegistryRecord, now: Instant): boolean {
  return !isTest(record) && !sameInstant(record.warnFor, record.expiresAt) && now >= times(record).warnAt;
}

/** Whether the last warning went to whom the environment belongs now. */
export function warnedTheOwner({ warnedOwner, owner }: RegistryRecord): boolean {
  return warnedOwner === undefined || warnedOwner === owner;
}

/** When the time after the warning is over; `undefined` while no one has been warned. */
export function noticeEnds(record: RegistryRecord): Instant | undefined {
  return sameInstant(record.warnFor, record.expiresAt) && record.warnedAt !== undefined
    ? instantOf(record.warnedAt) + NOTICE
    : undefined;
}

/** The earliest instant at which the record alone allows a deletion; `undefined` while no one has been warned. */
export function deletableFrom(record: RegistryRecord): Instant | undefined {
  const { createdAt, expiresAt } = times(record);
  const notice = isTest(record) ? expiresAt : noticeEnds(record);
  return notice === undefined ? undefined : Math.max(expiresAt, notice, createdAt + MIN_AGE);
}

/** Whole minutes past expiry, 0 before it. */
export function overdueMinutes(record: RegistryRecord, now: Instant): number {
  return Math.max(0, Math.floor((now - times(record).expiresAt) / MINUTE));
}

export { formatInstant };
