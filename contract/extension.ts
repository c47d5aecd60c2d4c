import { formatInstant, parseInstant, type Phase, type RegistryRecord } from "./registry";

/** Phases in which nothing of an environment is deleted yet: it may be deployed and its expiry moved. */
export const LIVING_PHASES: readonly Phase[] = ["ACTIVE", "WARNED"];

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
  if (!LIVING_PHASES.includes(record.phase)) return { kind: "removing" };
  const base = Math.max(parseInstant(record.expiresAt)!, now);
  const mostMs = parseInstant(record.maxExpiresAt)! - base;
  return byMs > mostMs ? { kind: "tooFar", mostMs } : { kind: "to", expiresAt: formatInstant(base + byMs) };
}
