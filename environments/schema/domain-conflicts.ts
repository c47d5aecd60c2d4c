import { faultAt, show, type EnvironmentFault } from "./faults";
import type { Environment } from "./fields";
import { bareDomain, isUnder, permanentDomains } from "./permanent-names";
import { servicesOf } from "./systems";

interface Source {
  readonly file: string;
  readonly environment: Environment;
}

/** A domain name of one system in one environment. */
interface Owned {
  readonly file: string;
  /** Path of the domain in the file, for example `automock.domain`. */
  readonly path: string;
  readonly isEphemeral: boolean;
  readonly name: string;
}

/**
 * Conflicts between the domains of all stacks: names that two stacks would share, and names of ephemeral environments
 * whose DNS records the reaper may not delete.
 */
export function domainFaults(
  sources: readonly Source[],
  ephemeralDomains: readonly string[],
): readonly EnvironmentFault[] {
  const permanent = permanentDomains(sources.map(({ environment }) => environment));
  const owned = sources.flatMap(ownedBy);
  return [...notRemovable(owned, permanent, ephemeralDomains), ...shared(owned, permanent)];
}

function ownedBy({ file, environment }: Source): readonly Owned[] {
  const isEphemeral = environment.ttlHours !== undefined;
  return servicesOf(environment).flatMap(({ section, values: { domain } }) =>
    [...new Set(domain ? [domain.name, ...domain.subjectAlternativeNames] : [])].map((name) => ({
      file,
      path: `${section}.domain`,
      isEphemeral,
      name,
    })),
  );
}

/** The reaper may delete DNS records under `ephemeralDomains` alone, and none of a permanent environment. */
function* notRemovable(
  owned: readonly Owned[],
  permanent: readonly string[],
  ephemeralDomains: readonly string[],
): Iterable<EnvironmentFault> {
  for (const { file, path, isEphemeral, name } of owned) {
    if (!isEphemeral || (isUnder(name, ephemeralDomains) && !isUnder(name, permanent))) continue;
    const under = ephemeralDomains.length === 0 ? "a listed domain; none is" : ephemeralDomains.join(", ");
    const except = permanent.length === 0 ? "" : `, outside of ${permanent.join(", ")}`;
    yield faultAt(file, path, {
      given: show(name),
      allowed: `a name under ${under} (ephemeralDomains in environments/bootstrap.ts)${except}`,
      fix: "choose such a name, or add its domain there and run npx automock bootstrap",
    });
  }
}

/**
 * `a.b` and `*.a.b` have the same validation record in every certificate of an account, so a stack that shares one would
 * take it from the other when it is destroyed, and the other certificate would not be renewed months later. A name
 * below another stack's wildcard would lead callers to that stack once its own is destroyed.
 * Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
function* shared(owned: readonly Owned[], permanent: readonly string[]): Iterable<EnvironmentFault> {
  for (const [i, one] of owned.entries()) {
    for (const other of owned.slice(0, i)) {
      if (other.file === one.file && other.path === one.path) continue;
      if ([one, other].some(({ isEphemeral, name }) => isEphemeral && isUnder(name, permanent))) continue;
      const where = `${other.file}: ${other.path}`;
      if (bareDomain(one.name) === bareDomain(other.name)) {
        yield faultAt(one.file, one.path, {
          given: show(one.name),
          allowed: `a name that no other stack has; ${where} has ${show(other.name)}`,
          fix: "use another name: both would share DNS records, and destroying one stack would break the other",
        });
        continue;
      }
      const wildcard = [one, other].find(
        ({ name }, j, pair) => name.startsWith("*.") && isUnder(pair[1 - j]!.name, [bareDomain(name)]),
      );
      if (!wildcard) continue;
      yield faultAt(one.file, one.path, {
        given: show(one.name),
        allowed:
          wildcard === other
            ? `a name that ${show(other.name)} of ${where} does not cover`
            : `a wildcard that does not cover ${show(other.name)} of ${where}`,
        fix: "use another name: when the stack of the covered name is destroyed, its callers would reach the other stack",
      });
    }
  }
}
