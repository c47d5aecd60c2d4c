import { MOCKSERVER_VERSION, mockServerVersionFault } from "../contract/mockserver-version";
import type { CrossFieldFault, Rule } from "./rule";
import { allowListNarrow, sectionRule, serviceRules } from "./section-rules";
import type { SectionValues } from "./systems";

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
      fix: 'lower spotAfter, or write capacity: "onDemand"',
    };
  }
});

const stepsRise = automockRule([".scaling"], function* ({ scaling }) {
  for (const key of ["cpuSteps", "memorySteps", "requestSteps"] as const) {
    const steps = scaling[key];
    const fallen = steps.findIndex(
      (step, i) => i > 0 && step.atLeast <= (steps[i - 1]?.atLeast ?? Number.NEGATIVE_INFINITY),
    );
    if (fallen > 0) {
      yield {
        path: ["scaling", key, fallen, "atLeast"],
        allowed: `more than ${steps[fallen - 1]?.atLeast}, the step before`,
        fix: "write the steps from the lowest to the highest",
      };
    }
  }
});

const stepsReachable = automockRule([".scaling"], function* ({ scaling }) {
  for (const key of ["cpuSteps", "memorySteps"] as const) {
    const [first] = scaling[key];
    const last = scaling[key].at(-1);
    if (last && last.atLeast >= 100) {
      yield {
        path: ["scaling", key, scaling[key].length - 1, "atLeast"],
        allowed: "less than 100 percent",
        fix: "lower the last step: utilization above 100 percent is not reached steadily",
      };
    }
    if (first && scaling.scaleInPercent >= first.atLeast) {
      yield {
        path: ["scaling", "scaleInPercent"],
        allowed: `less than ${first.atLeast} percent, the first of ${key}`,
        fix: "lower scaleInPercent: tasks would be added and removed at the same load",
      };
    }
  }
});

const imageNewEnough = automockRule([".imageVersion"], function* ({ imageVersion }) {
  const fault = mockServerVersionFault(imageVersion);
  if (fault !== undefined) {
    yield { path: ["imageVersion"], allowed: fault, fix: `take ${MOCKSERVER_VERSION}` };
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

const prodStays = automockRule(["name", ".capacity"], function* ({ capacity }, { name }) {
  if (name === "prod" && capacity !== "onDemand") {
    yield {
      path: ["capacity"],
      allowed: '"onDemand" in prod',
      fix: 'write capacity: "onDemand": Spot tasks are stopped with two minutes notice',
    };
  }
});

export const AUTOMOCK_RULES: readonly Rule[] = [
  ...serviceRules("automock", 200),
  allowListNarrow("automock", "controlPlaneAllowedCidrs", {
    openOverHttps: false,
    fix: "list the networks of those who manage expectations; the control plane can stop MockServer",
  }),
  spotWithinTasks,
  stepsRise,
  stepsReachable,
  imageNewEnough,
  imagesReachable,
  prodStays,
];
