import { formatInstant, parseInstant, type Phase, type RegistryRecord } from "./registry";

/** Phases in which an environment may be deployed. */
export const LIVING_PHASES: readonly Phase[] = ["ACTIVE", "WARNED"];

/**
 * Phases in which nothing of an environment is deleted yet, so its expiry may be moved: also when it has expired, and
 * the reaper only waits for the notice of its warning or for Terraform's lock.
 */
export const EXTENDABLE_PHASES: readonly Phase[] = [...LIVING_PHASES, "EXPIRED"];

/** Another expiry, or why there is none. */
export type Extension =
  | { readonly kind: "to"; readonly expiresAt: string }
  /** The removal has begun. */
  | { readonly kind: "removing" }
  /** It would live longer than `maxExpiresAt`; `mostMs`, which may be negative, is what it could be given. */
  | { readonly kind: "tooFar"; readonly mostMs: number };

/**
 * The expiry of an environment that is to live longer by so many milliseconds, counted from the present expiry, or
 * from now when that has passed. Whoever writes it makes sure that the record still has the phase and expiry that were read.
 *
 * @param now milliseconds since 1970
 */
export function extension(
  record: Pick<RegistryRecord, "phase" | "expiresAt" | "maxExpiresAt">,
  byMs: number,
  now: number,
): Extension {
  if (!EXTENDABLE_PHASES.includes(record.phase)) return { kind: "removing" };
  const base = Math.max(parseInstant(record.expiresAt)!, now);
  const mostMs = parseInstant(record.maxExpiresAt)! - base;
  return byMs > mostMs ? { kind: "tooFar", mostMs } : { kind: "to", expiresAt: formatInstant(base + byMs) };
}
