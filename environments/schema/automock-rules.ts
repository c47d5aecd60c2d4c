import { MEMORY_SCALE_IN_PERCENT } from "../../contract/mockserver-memory";
import { MOCKSERVER_VERSION, mockServerVersionFault } from "../../contract/mockserver-version";
import { networkRules } from "./network-rules";
import { MAX_REQUEST_STEP, MAX_UTILIZATION_STEP, stepFaults } from "../../contract/scaling";
import type { CrossFieldFault, Rule } from "./rule";
import { allowListNarrow, sectionRule, serviceRules } from "./section-rules";
import type { SectionValues } from "./systems";

/**
 * Default quota of inbound rules per security group.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
const SECURITY_GROUP_RULES = 60;

type Automock = SectionValues<"automock">;

function automockRule(
  reads: readonly string[],
  check: (automock: Automock, environment: { readonly name: string }) => Iterable<CrossFieldFault>,
): Rule {
  return sectionRule("automock", reads, check);
}

const spotWithinTasks = automockRule([".tasks", ".capacity"], function* ({ capacity, tasks }) {
  if (capacity !== "onDemand" && capacity.spotAfter > tasks.max) {
    yield {
      path: ["capacity", "spotAfter"],
      allowed: `a whole number from 0 to ${tasks.max} (tasks.max)`,
      fix: 'lower spotAfter or set capacity: "onDemand"',
    };
  }
});

const STEP_FIX = {
  atLeast: "sort the steps in ascending order",
  changePercent: "make each step add more tasks than the previous step",
} as const;

const stepsRise = automockRule([".scaling"], function* ({ scaling }) {
  const metrics = [
    { key: "cpuSteps", atMost: MAX_UTILIZATION_STEP },
    { key: "memorySteps", atMost: MAX_UTILIZATION_STEP },
    { key: "requestSteps", atMost: MAX_REQUEST_STEP },
  ] as const;
  for (const { key, atMost } of metrics) {
    for (const { index, field, allowed } of stepFaults(scaling[key], atMost)) {
      yield { path: ["scaling", key, index, field], allowed, fix: STEP_FIX[field] };
    }
  }
});

const scalesBackLower = automockRule([".scaling"], function* ({ scaling }) {
  const cpu = scaling.cpuSteps[0]?.atLeast ?? Infinity;
  if (scaling.scaleInPercent >= cpu) {
    yield {
      path: ["scaling", "scaleInPercent"],
      allowed: `less than ${cpu} percent, the first of cpuSteps`,
      fix: "lower scaleInPercent: tasks would be added and removed at the same load",
    };
  }
  const memory = scaling.memorySteps[0]?.atLeast ?? Infinity;
  if (memory <= MEMORY_SCALE_IN_PERCENT) {
    yield {
      path: ["scaling", "memorySteps", 0, "atLeast"],
      allowed: `a whole number from ${MEMORY_SCALE_IN_PERCENT + 1} to ${MAX_UTILIZATION_STEP}`,
      fix: `raise it: an idle MockServer uses nearly ${MEMORY_SCALE_IN_PERCENT} percent, the level below which tasks are removed`,
    };
  }
});

const imageNewEnough = automockRule([".imageVersion"], function* ({ imageVersion }) {
  const fault = mockServerVersionFault(imageVersion);
  if (fault !== undefined) {
    yield { path: ["imageVersion"], allowed: fault, fix: `use ${MOCKSERVER_VERSION}` };
  }
});

const imagesReachable = automockRule([".network.natGateways"], function* ({ network }) {
  if (network.natGateways === "none") {
    yield {
      path: ["network", "natGateways"],
      allowed: '"single", "onePerAz" or "regional" where AutoMock runs',
      fix: 'write natGateways: "single": the images come from public.ecr.aws, which has no VPC endpoint',
    };
  }
});

/** Both lists become rules of the load balancer's security group. */
const rulesFit = automockRule(
  [".apiAllowedCidrs", ".controlPlaneAllowedCidrs", ".domain"],
  function* ({ apiAllowedCidrs, controlPlaneAllowedCidrs, domain }) {
    const ports = domain ? 2 : 1;
    const most = SECURITY_GROUP_RULES / ports;
    const given = new Set([...apiAllowedCidrs, ...controlPlaneAllowedCidrs]).size;
    if (given > most) {
      yield {
        path: ["apiAllowedCidrs"],
        allowed: `${most} different networks in apiAllowedCidrs and controlPlaneAllowedCidrs together, not ${given}: a security group has ${SECURITY_GROUP_RULES} rules, and each network needs ${ports === 1 ? "one" : "two, for HTTP and HTTPS"}`,
        fix: "combine adjacent networks into larger ones, or use the same networks in both lists",
      };
    }
  },
);

const prodStays = automockRule(["name", ".capacity"], function* ({ capacity }, { name }) {
  if (name === "prod" && capacity !== "onDemand") {
    yield {
      path: ["capacity"],
      allowed: '"onDemand" in prod',
      fix: 'write capacity: "onDemand": Spot tasks get only two minutes of notice',
    };
  }
});

export const AUTOMOCK_RULES: readonly Rule[] = [
  ...serviceRules("automock", 200),
  ...networkRules("automock"),
  allowListNarrow("automock", "controlPlaneAllowedCidrs", {
    openOverHttps: false,
    fix: "list only the networks that manage expectations; the control plane can stop MockServer",
  }),
  spotWithinTasks,
  stepsRise,
  scalesBackLower,
  rulesFit,
  imageNewEnough,
  imagesReachable,
  prodStays,
];
