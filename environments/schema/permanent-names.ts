import { PERMANENT_NAMES } from "../../contract/permanent-names";
import type { Environment } from "./fields";
import { servicesOf } from "./systems";

/** Names that no ephemeral environment may have: the reserved ones, and those of environments without `ttlHours`. */
export function permanentNames(environments: readonly Pick<Environment, "name" | "ttlHours">[]): string[] {
  const named = environments.filter(({ ttlHours }) => ttlHours === undefined).map(({ name }) => name);
  return [...new Set([...named, ...PERMANENT_NAMES])].sort();
}

/** Domain names of the permanent environments, a wildcard without its `*.`. */
export function permanentDomains(environments: readonly Environment[]): string[] {
  const names = environments
    .filter(({ ttlHours }) => ttlHours === undefined)
    .flatMap(servicesOf)
    .flatMap(({ values: { domain } }) => (domain ? [domain.name, ...domain.subjectAlternativeNames] : []));
  return [...new Set(names.map(bareDomain))].sort();
}

/** A domain name without the `*.` of a wildcard. */
export function bareDomain(name: string): string {
  return name.replace(/^\*\./, "");
}

/** Whether a name is one of these domains or lies under one. */
export function isUnder(name: string, domains: readonly string[]): boolean {
  const bare = bareDomain(name);
  return domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`));
}
