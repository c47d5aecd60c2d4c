import { contains, parseCidr, type Cidr } from "../../contract/cidr";
import { taskSizeFault } from "../../contract/fargate";
import type { Environment } from "./fields";
import type { CrossFieldFault, Rule } from "./rule";
import type { Section, SectionValues, ServiceSection } from "./systems";

/** Rules that apply to every system. */

/**
 * Networks that are not routed on the internet.
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const UNROUTABLE = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"].map(parseCidr); // prettier-ignore

const isUnroutable = (network: Cidr) => UNROUTABLE.some((range) => contains(range, network));

/** Shortest prefix of an allowed network; a shorter one covers too much of the internet. */
const SHORTEST_ALLOWED_PREFIX = 8;

/**
 * A rule for one system; skipped if the environment does not have it. The paths of its faults, and the fields in
 * `reads` that start with a dot, are relative to the section.
 */
export function sectionRule<S extends Section>(
  section: S,
  reads: readonly string[],
  check: (values: SectionValues<S>, environment: Environment) => Iterable<CrossFieldFault>,
): Rule {
  return {
    reads: reads.map((field) => (field.startsWith(".") ? `${section}${field}` : field)),
    *check(environment) {
      const values = environment[section];
      if (!values) return;
      for (const fault of check(values, environment)) {
        yield { ...fault, path: [section, ...fault.path] };
      }
    },
  };
}

/** The rules for every service: task count, task size, allowed callers, domain and firewall. */
export function serviceRules(section: ServiceSection, mostTasks: number): readonly Rule[] {
  return [
    tasksInOrder(section, mostTasks),
    sizeRuns(section),
    allowListNarrow(section, "apiAllowedCidrs", {
      openOverHttps: true,
      fix: "list the networks of the callers; 0.0.0.0/0 is allowed only with a domain (HTTPS)",
    }),
    namesHaveZones(section),
    firewallStays(section),
  ];
}

/** The reaper deletes no firewalls. */
function firewallStays(section: ServiceSection): Rule {
  return sectionRule(section, ["ttlHours", ".waf"], function* ({ waf }, { ttlHours }) {
    if (ttlHours !== undefined && waf) {
      yield {
        path: ["waf"],
        allowed: "no waf in an environment with ttlHours",
        fix: "remove waf and list the callers' networks in apiAllowedCidrs",
      };
    }
  });
}

function tasksInOrder(section: ServiceSection, most: number): Rule {
  return sectionRule(section, [".tasks"], function* ({ tasks }) {
    if (tasks.min > tasks.max) {
      yield {
        path: ["tasks", "max"],
        allowed: `a whole number from ${tasks.min} (tasks.min) to ${most}`,
        fix: "raise tasks.max or lower tasks.min",
      };
    }
  });
}

function sizeRuns(section: ServiceSection): Rule {
  return sectionRule(section, [".size"], function* ({ size }) {
    const fault = typeof size === "string" ? undefined : taskSizeFault(size);
    if (fault !== undefined) yield { path: ["size"], allowed: fault, fix: "use an allowed pair" };
  });
}

interface AllowList {
  /** Whether 0.0.0.0/0 is allowed if the section has a domain. */
  readonly openOverHttps: boolean;
  /** The fix for a network that is too large. */
  readonly fix: string;
}

export function allowListNarrow(
  section: ServiceSection,
  key: "apiAllowedCidrs" | "controlPlaneAllowedCidrs",
  { openOverHttps, fix }: AllowList,
): Rule {
  return sectionRule(section, [`.${key}`, ".domain"], function* (values) {
    const given = key in values ? (values as SectionValues<"automock">)[key] : [];
    const networks = given.map(parseCidr);
    if (networks.length > 0 && networks.every(isUnroutable)) {
      yield {
        path: [key],
        allowed:
          "at least one public network: the load balancer faces the internet and sees public addresses",
        fix: "list the public addresses that the callers use, for example those of their NAT gateways",
      };
    }
    for (const [i, network] of networks.entries()) {
      const open = openOverHttps && values.domain !== undefined && given[i] === "0.0.0.0/0";
      if (network.prefixLength < SHORTEST_ALLOWED_PREFIX && !open) {
        yield { path: [key, i], allowed: `a network from /${SHORTEST_ALLOWED_PREFIX} to /32`, fix };
      }
      const outer = networks.findIndex(
        (other, j) => j !== i && contains(other, network) && !(i < j && contains(network, other)),
      );
      if (outer >= 0) {
        yield {
          path: [key, i],
          allowed: `networks that do not overlap; this one is inside ${given[outer]}`,
          fix: "remove one of them",
        };
      }
    }
  });
}

function namesHaveZones(section: ServiceSection): Rule {
  return sectionRule(section, [".domain"], function* ({ domain }) {
    if (!domain) return;
    const names = [
      { path: ["domain", "name"], name: domain.name },
      ...domain.subjectAlternativeNames.map((name, i) => ({
        path: ["domain", "subjectAlternativeNames", i],
        name,
      })),
    ];
    for (const { path, name } of names) {
      const bare = name.replace(/^\*\./, "");
      if (!domain.zones.some((zone) => bare === zone || bare.endsWith(`.${zone}`))) {
        yield {
          path,
          allowed: `a name in one of the zones ${domain.zones.join(", ")}`,
          fix: `add the hosted zone that holds ${name} to domain.zones, or remove the name`,
        };
      }
    }
  });
}
