import { PERMANENT_NAMES } from "../../contract/permanent-names";

/** What the reaper never gets a right on, whatever its code asks for. */
export interface ReaperLimits {
  /** Names of environments for which no session can be opened. */
  readonly permanentNames: readonly string[];
  /** Domains under which DNS records may be deleted. */
  readonly ephemeralDomains: readonly string[];
  /** Domains of permanent environments: their records stay, also under one of the others. */
  readonly permanentDomains: readonly string[];
}

export const STRICTEST: ReaperLimits = {
  permanentNames: PERMANENT_NAMES,
  ephemeralDomains: [],
  permanentDomains: [],
};

/** A domain and everything under it, as patterns for `route53:ChangeResourceRecordSetsNormalizedRecordNames`. */
export function recordNames(domains: readonly string[]): string[] {
  return domains.flatMap((domain) => [domain, `*.${domain}`]);
}
