import { MOCKSERVER_VERSION, mockServerVersionFault } from "../contract/mockserver-version";
import { isSameTrust } from "./delivery-fields";
import type { Environment } from "./fields";
import type { CrossFieldFault, Rule } from "./rule";
import {
  allowListNarrow,
  namesHaveZones,
  sizeRuns,
  tasksInOrder,
  vpcSize,
  zonesDistinct,
} from "./section-rules";
import { TASK_API_RULES } from "./task-api-rules";

/** Rules that look at several fields of one environment. Each names what is allowed and how to mend it. */

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
    const fault = mockServerVersionFault(imageVersion);
    if (fault !== undefined) {
      yield { path: ["automock", "imageVersion"], allowed: fault, mend: `take ${MOCKSERVER_VERSION}` };
    }
  },
};

/** A pipeline applies what is meant to stay; an ephemeral environment is deployed by its owner. */
const deliveryStays: Rule = {
  reads: ["ttlHours", "delivery"],
  *check({ ttlHours, delivery }) {
    if (ttlHours !== undefined && delivery !== undefined) {
      yield {
        path: ["delivery"],
        allowed: "no delivery in an environment with ttlHours: its roles would outlive it",
        mend: "remove delivery, or ttlHours",
      };
    }
  },
};

/** What plans a pull request runs code that nobody has reviewed. */
const reviewedApplies: Rule = {
  reads: ["delivery"],
  *check({ delivery }) {
    if (delivery?.plan && isSameTrust(delivery.plan, delivery.apply)) {
      yield {
        path: ["delivery", "apply"],
        allowed: "somebody else than delivery.plan: that one plans every pull request, unreviewed",
        mend: "name an environment, service account or role of its own, which only runs what was approved",
      };
    }
  },
};

const sectionsSound: readonly Rule[] = [
  tasksInOrder("automock", 200),
  sizeRuns("automock"),
  allowListNarrow("automock", "apiAllowedCidrs", {
    openOverHttps: true,
    mend: "list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS",
  }),
  allowListNarrow("automock", "controlPlaneAllowedCidrs", {
    openOverHttps: false,
    mend: "list the networks of those who manage expectations; the control plane can stop MockServer",
  }),
  namesHaveZones("automock"),
  zonesDistinct(["network"], ({ network }) => network),
  vpcSize(["network"], ({ network }) => network),
];

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
  ...sectionsSound,
  spotWithinTasks,
  stepsRise,
  imageNewEnough,
  imagesReachable,
  permanentHasNoTtl,
  prodIsSafe,
  ephemeralIsRemovable,
  deliveryStays,
  reviewedApplies,
  ...TASK_API_RULES,
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
