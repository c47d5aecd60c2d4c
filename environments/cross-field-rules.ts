import { contains, parseCidr } from "../contract/cidr";
import { taskSizeFault } from "../contract/fargate";
import type { Environment } from "./fields";

/** Rules that look at several fields of one environment. Each names what is allowed and how to mend it. */

export interface CrossFieldFault {
  /** Where the fault is shown. */
  readonly path: readonly (string | number)[];
  readonly allowed: string;
  readonly mend: string;
}

interface Rule {
  /** Fields the rule needs; it is skipped while one of them is wrong in itself. */
  readonly reads: readonly string[];
  readonly check: (environment: Environment) => Iterable<CrossFieldFault>;
}

/** Networks of this size or smaller may be allowed; a shorter prefix is half the internet. */
const SHORTEST_ALLOWED_PREFIX = 8;
const OLDEST_MOCKSERVER = [7, 4, 1];

const tasksInOrder: Rule = {
  reads: ["automock.tasks"],
  *check({ automock: { tasks } }) {
    if (tasks.min > tasks.max) {
      yield {
        path: ["automock", "tasks", "max"],
        allowed: `a whole number from ${tasks.min} (tasks.min) to 200`,
        mend: "raise tasks.max or lower tasks.min",
      };
    }
  },
};

const spotWithinTasks: Rule = {
  reads: ["automock.tasks", "automock.capacity"],
  *check({ automock: { capacity, tasks } }) {
    if (capacity !== "onDemand" && capacity.spotAfter > tasks.max) {
      yield {
        path: ["automock", "capacity", "spotAfter"],
        allowed: `a whole number from 0 to ${tasks.max} (tasks.max)`,
        mend: 'lower spotAfter, or write capacity: "onDemand"',
      };
    }
  },
};

const stepsRise: Rule = {
  reads: ["automock.scaling"],
  *check({ automock: { scaling } }) {
    for (const key of ["cpuSteps", "memorySteps", "requestSteps"] as const) {
      const steps = scaling[key];
      const fallen = steps.findIndex(
        (step, i) => i > 0 && step.atLeast <= (steps[i - 1]?.atLeast ?? Number.NEGATIVE_INFINITY),
      );
      if (fallen > 0) {
        yield {
          path: ["automock", "scaling", key, fallen, "atLeast"],
          allowed: `more than ${steps[fallen - 1]?.atLeast}, the step before`,
          mend: "write the steps from the lowest to the highest",
        };
      }
    }
    for (const key of ["cpuSteps", "memorySteps"] as const) {
      const [first] = scaling[key];
      const last = scaling[key].at(-1);
      if (last && last.atLeast >= 100) {
        yield {
          path: ["automock", "scaling", key, scaling[key].length - 1, "atLeast"],
          allowed: "less than 100 percent",
          mend: "lower the last step: utilization above 100 percent is not reached steadily",
        };
      }
      if (first && scaling.scaleInPercent >= first.atLeast) {
        yield {
          path: ["automock", "scaling", "scaleInPercent"],
          allowed: `less than ${first.atLeast} percent, the first of ${key}`,
          mend: "lower scaleInPercent: tasks would be added and removed at the same load",
        };
      }
    }
  },
};

const imageNewEnough: Rule = {
  reads: ["automock.imageVersion"],
  *check({ automock: { imageVersion } }) {
    const version = imageVersion.split(".").map(Number);
    const [difference] = OLDEST_MOCKSERVER.map((oldest, i) => (version[i] ?? 0) - oldest).filter(
      (d) => d !== 0,
    );
    if (difference !== undefined && difference < 0) {
      yield {
        path: ["automock", "imageVersion"],
        allowed: `MockServer ${OLDEST_MOCKSERVER.join(".")} or newer`,
        mend: "take 9.0.0: older ones run templates of strangers (GHSA-7pwj-xvc2-hfpc) and have no /mockserver/ready",
      };
    }
  },
};

const sizeRuns: Rule = {
  reads: ["automock.size"],
  *check({ automock: { size } }) {
    const fault = typeof size === "string" ? undefined : taskSizeFault(size);
    if (fault !== undefined)
      yield { path: ["automock", "size"], allowed: fault, mend: "take a pair of the list" };
  },
};

const allowListsNarrow: Rule = {
  reads: ["automock.apiAllowedCidrs", "automock.controlPlaneAllowedCidrs", "automock.domain"],
  *check({ automock }) {
    for (const key of ["apiAllowedCidrs", "controlPlaneAllowedCidrs"] as const) {
      const networks = automock[key].map(parseCidr);
      for (const [i, network] of networks.entries()) {
        const text = automock[key][i];
        const openOverHttps =
          key === "apiAllowedCidrs" && automock.domain !== undefined && text === "0.0.0.0/0";
        if (network.prefixLength < SHORTEST_ALLOWED_PREFIX && !openOverHttps) {
          yield {
            path: ["automock", key, i],
            allowed: `a network from /${SHORTEST_ALLOWED_PREFIX} to /32`,
            mend:
              key === "apiAllowedCidrs"
                ? "list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS"
                : "list the networks of those who manage expectations; the control plane can stop MockServer",
          };
        }
        const outer = networks.findIndex(
          (other, j) => j !== i && contains(other, network) && !(i < j && contains(network, other)),
        );
        if (outer >= 0) {
          yield {
            path: ["automock", key, i],
            allowed: `networks that do not overlap; this one lies in ${automock[key][outer]}`,
            mend: "remove one of the two",
          };
        }
      }
    }
  },
};

const namesHaveZones: Rule = {
  reads: ["automock.domain"],
  *check({ automock: { domain } }) {
    if (!domain) return;
    const names = [
      { path: ["automock", "domain", "name"], name: domain.name },
      ...domain.subjectAlternativeNames.map((name, i) => ({
        path: ["automock", "domain", "subjectAlternativeNames", i],
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

const zonesDistinct: Rule = {
  reads: ["network.availabilityZones"],
  *check({ network: { availabilityZones } }) {
    const repeated = availabilityZones.findIndex((letter, i) => availabilityZones.indexOf(letter) !== i);
    if (repeated >= 0) {
      yield {
        path: ["network", "availabilityZones", repeated],
        allowed: "each AZ letter once",
        mend: "remove the repeated letter",
      };
    }
  },
};

const vpcSize: Rule = {
  reads: ["network.vpcCidr"],
  *check({ network: { vpcCidr } }) {
    const { prefixLength } = parseCidr(vpcCidr);
    if (prefixLength < 16 || prefixLength > 22) {
      yield {
        path: ["network", "vpcCidr"],
        allowed:
          "a network from /16 (the largest VPC that AWS makes) to /22 (the smallest that gives a load balancer the subnets it needs)",
        mend: "take /16 unless addresses are scarce",
      };
    }
  },
};

const imagesReachable: Rule = {
  reads: ["network.natGateways"],
  *check({ network: { natGateways } }) {
    if (natGateways === "none") {
      yield {
        path: ["network", "natGateways"],
        allowed: '"single", "onePerAz" or "regional" where AutoMock runs',
        mend: 'write natGateways: "single": the images come from public.ecr.aws, which has no VPC endpoint',
      };
    }
  },
};

/** What only the permanent environments must keep. */
const PERMANENT = ["prod", "staging"];

const permanentHasNoTtl: Rule = {
  reads: ["name", "ttlHours"],
  *check({ name, ttlHours }) {
    if (PERMANENT.includes(name) && ttlHours !== undefined) {
      yield {
        path: ["ttlHours"],
        allowed: `no ttlHours in ${name}: it must never delete itself`,
        mend: "remove ttlHours, or give the environment another name",
      };
    }
  },
};

const prodIsSafe: Rule = {
  reads: ["name", "deletionProtection", "network.natGateways", "automock.capacity"],
  *check({ name, deletionProtection, network, automock }) {
    if (name !== "prod") return;
    if (!deletionProtection) {
      yield { path: ["deletionProtection"], allowed: "true in prod", mend: "write deletionProtection: true" };
    }
    if (network.natGateways !== "onePerAz" && network.natGateways !== "regional") {
      yield {
        path: ["network", "natGateways"],
        allowed: '"onePerAz" or "regional" in prod',
        mend: 'write natGateways: "onePerAz": with one gateway the failure of an AZ takes the egress of all',
      };
    }
    if (automock.capacity !== "onDemand") {
      yield {
        path: ["automock", "capacity"],
        allowed: '"onDemand" in prod',
        mend: 'write capacity: "onDemand": Spot tasks are stopped with two minutes notice',
      };
    }
  },
};

const ephemeralIsRemovable: Rule = {
  reads: ["ttlHours", "deletionProtection"],
  *check({ ttlHours, deletionProtection }) {
    if (ttlHours !== undefined && deletionProtection) {
      yield {
        path: ["deletionProtection"],
        allowed: "false in an environment with ttlHours",
        mend: "write deletionProtection: false, or remove ttlHours",
      };
    }
  },
};

const RULES: readonly Rule[] = [
  tasksInOrder,
  spotWithinTasks,
  stepsRise,
  imageNewEnough,
  sizeRuns,
  allowListsNarrow,
  namesHaveZones,
  zonesDistinct,
  vpcSize,
  imagesReachable,
  permanentHasNoTtl,
  prodIsSafe,
  ephemeralIsRemovable,
];

/**
 * Faults between fields.
 *
 * @param isClean tells whether a field (dotted path) is without fault in itself
 */
export function* crossFieldFaults(
  environment: Environment,
  isClean: (path: string) => boolean,
): Iterable<CrossFieldFault> {
  for (const { reads, check } of RULES) {
    if (reads.every(isClean)) yield* check(environment);
  }
}
