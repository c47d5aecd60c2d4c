import { formatInstant, parseInstant, type Phase, type RegistryRecord } from "./registry";

/** Phases in which an environment can be deployed. */
export const LIVING_PHASES: readonly Phase[] = ["ACTIVE", "WARNED"];

/**
 * Phases in which an environment can be extended. After expiry it still can, as long as the reaper waits for the
 * notice period or Terraform's lock and has deleted nothing.
 */
export const EXTENDABLE_PHASES: readonly Phase[] = [...LIVING_PHASES, "EXPIRED"];

/** A new expiry, or why the environment cannot be extended. */
export type Extension =
  | { readonly kind: "to"; readonly expiresAt: string }
  /** The deletion has started. */
  | { readonly kind: "removing" }
  /** The expiry would be after `maxExpiresAt`. `mostMs` is the longest possible extension and may be negative. */
  | { readonly kind: "tooFar"; readonly mostMs: number };

/**
 * Extends an environment from its expiry, or from now if it has expired. The caller must write the result on the
 * condition that the record's phase and expiry have not changed.
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
