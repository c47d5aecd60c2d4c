import { contains, parseCidr } from "../contract/cidr";
import { taskSizeFault } from "../contract/fargate";
import type { Environment } from "./fields";
import type { Rule } from "./rule";

/** Rules that hold for AutoMock and for the Task API alike: each is made for one section. */

type Section = "automock" | "taskApi";
type Network = Environment["network"];

/** Networks of this size or smaller may be allowed; a shorter prefix is half the internet. */
const SHORTEST_ALLOWED_PREFIX = 8;

export function tasksInOrder(section: Section, most: number): Rule {
  return {
    reads: [`${section}.tasks`],
    *check({ [section]: values }) {
      if (values && values.tasks.min > values.tasks.max) {
        yield {
          path: [section, "tasks", "max"],
          allowed: `a whole number from ${values.tasks.min} (tasks.min) to ${most}`,
          mend: "raise tasks.max or lower tasks.min",
        };
      }
    },
  };
}

export function sizeRuns(section: Section): Rule {
  return {
    reads: [`${section}.size`],
    *check({ [section]: values }) {
      const fault =
        values === undefined || typeof values.size === "string" ? undefined : taskSizeFault(values.size);
      if (fault !== undefined)
        yield { path: [section, "size"], allowed: fault, mend: "take a pair of the list" };
    },
  };
}

interface AllowList {
  /** Everyone may be allowed when the section has a domain. */
  readonly openOverHttps: boolean;
  /** How to mend a network that is too large. */
  readonly mend: string;
}

export function allowListNarrow(
  section: Section,
  key: "apiAllowedCidrs" | "controlPlaneAllowedCidrs",
  { openOverHttps, mend }: AllowList,
): Rule {
  return {
    reads: [`${section}.${key}`, `${section}.domain`],
    *check({ [section]: values }) {
      const given = values === undefined || !(key in values) ? [] : (values as Environment["automock"])[key];
      const networks = given.map(parseCidr);
      for (const [i, network] of networks.entries()) {
        const open = openOverHttps && values?.domain !== undefined && given[i] === "0.0.0.0/0";
        if (network.prefixLength < SHORTEST_ALLOWED_PREFIX && !open) {
          yield {
            path: [section, key, i],
            allowed: `a network from /${SHORTEST_ALLOWED_PREFIX} to /32`,
            mend,
          };
        }
        const outer = networks.findIndex(
          (other, j) => j !== i && contains(other, network) && !(i < j && contains(network, other)),
        );
        if (outer >= 0) {
          yield {
            path: [section, key, i],
            allowed: `networks that do not overlap; this one lies in ${given[outer]}`,
            mend: "remove one of the two",
          };
        }
      }
    },
  };
}

export function namesHaveZones(section: Section): Rule {
  return {
    reads: [`${section}.domain`],
    *check({ [section]: values }) {
      const domain = values?.domain;
      if (!domain) return;
      const names = [
        { path: [section, "domain", "name"], name: domain.name },
        ...domain.subjectAlternativeNames.map((name, i) => ({
          path: [section, "domain", "subjectAlternativeNames", i],
          name,
        })),
      ];
      for (const { path, name } of names) {
        const bare = name.replace(/^\*\./, "");
        if (!domain.zones.some((zone) => bare === zone || bare.endsWith(`.${zone}`))) {
          yield {
            path,
            allowed: `a name in one of the zones ${domain.zones.join(", ")}`,
            mend: `add the hosted zone that holds ${name} to domain.zones, or take the name out`,
          };
        }
      }
    },
  };
}

type NetworkOf = (environment: Environment) => Network | undefined;

export function zonesDistinct(path: readonly string[], networkOf: NetworkOf): Rule {
  return {
    reads: [[...path, "availabilityZones"].join(".")],
    *check(environment) {
      const letters = networkOf(environment)?.availabilityZones ?? [];
      const repeated = letters.findIndex((letter, i) => letters.indexOf(letter) !== i);
      if (repeated >= 0) {
        yield {
          path: [...path, "availabilityZones", repeated],
          allowed: "each AZ letter once",
          mend: "remove the repeated letter",
        };
      }
    },
  };
}

export function vpcSize(path: readonly string[], networkOf: NetworkOf): Rule {
  return {
    reads: [[...path, "vpcCidr"].join(".")],
    *check(environment) {
      const network = networkOf(environment);
      if (!network) return;
      const { prefixLength } = parseCidr(network.vpcCidr);
      if (prefixLength < 16 || prefixLength > 22) {
        yield {
          path: [...path, "vpcCidr"],
          allowed:
            "a network from /16 (the largest VPC that AWS makes) to /22 (the smallest that gives a load balancer the subnets it needs)",
          mend: "take /16 unless addresses are scarce",
        };
      }
    },
  };
}
