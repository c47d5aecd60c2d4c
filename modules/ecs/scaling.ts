import {
  DEFAULT_REQUEST_STEPS,
  DEFAULT_SCALE_IN_PERCENT,
  DEFAULT_UTILIZATION_STEPS,
  MAX_REQUEST_STEP,
  MAX_UTILIZATION_STEP,
  stepFaults,
  type ScalingStep,
} from "../../contract/scaling";
import { wholeNumberFaults } from "../shared/faults";
import type { ScaleInLevels } from "./scale-in-guard";

/** When a service adds and removes tasks. */
export interface Scaling {
  /** Maximum number of tasks, from the service's `minTasks` to 5000. */
  readonly maxTasks: number;
  /** CPU utilization in percent. @default at 70, 80, 90: 50, 100, 200 percent more tasks */
  readonly cpuSteps?: readonly ScalingStep[];
  /** Memory utilization in percent. @default as for CPU */
  readonly memorySteps?: readonly ScalingStep[];
  /** Requests per minute and target, or `none`. @default at 500, 1000: 50, 100 percent more tasks */
  readonly requestSteps?: readonly ScalingStep[] | "none";
  /**
   * Tasks are removed while CPU is below this percentage and requests are below the same percentage of their first
   * step. It must be below the first CPU step.
   *
   * @default 40
   */
  readonly scaleInPercent?: number;
  /**
   * The same level for memory, in percent. It must be below the first memory step and above the utilization of an idle
   * task: a JVM does not release its heap, so tasks would never be removed.
   *
   * @default scaleInPercent
   */
  readonly memoryScaleInPercent?: number;
}

export interface ResolvedScaling {
  readonly maxTasks: number;
  readonly cpuSteps: readonly ScalingStep[];
  readonly memorySteps: readonly ScalingStep[];
  readonly requestSteps: readonly ScalingStep[] | "none";
  readonly scaleIn: ScaleInLevels;
}

/** The settings with their defaults. */
export function resolveScaling(scaling: Scaling): ResolvedScaling {
  const {
    maxTasks,
    cpuSteps = DEFAULT_UTILIZATION_STEPS,
    memorySteps = DEFAULT_UTILIZATION_STEPS,
    requestSteps = DEFAULT_REQUEST_STEPS,
    scaleInPercent = DEFAULT_SCALE_IN_PERCENT,
    memoryScaleInPercent = scaleInPercent,
  } = scaling;
  return {
    maxTasks,
    cpuSteps,
    memorySteps,
    requestSteps,
    scaleIn: {
      cpuPercent: scaleInPercent,
      memoryPercent: memoryScaleInPercent,
      requests:
        requestSteps === "none" ? undefined : ((requestSteps[0]?.atLeast ?? 0) * scaleInPercent) / 100,
    },
  };
}

/** Quota of tasks per service: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const MAX_TASKS = 5000;

/** Validates the settings. */
export function scalingFaults(scaling: ResolvedScaling, minTasks: number): readonly string[] {
  const { cpuSteps, memorySteps, requestSteps, scaleIn } = scaling;
  return [
    ...wholeNumberFaults("maxTasks", scaling.maxTasks, minTasks, MAX_TASKS),
    ...faultsOfSteps("cpuSteps", cpuSteps, MAX_UTILIZATION_STEP),
    ...faultsOfSteps("memorySteps", memorySteps, MAX_UTILIZATION_STEP),
    ...(requestSteps === "none" ? [] : faultsOfSteps("requestSteps", requestSteps, MAX_REQUEST_STEP)),
    ...levelFaults("scaleInPercent", scaleIn.cpuPercent, "CPU", cpuSteps),
    ...levelFaults("memoryScaleInPercent", scaleIn.memoryPercent, "memory", memorySteps),
  ];
}

function faultsOfSteps(name: string, steps: readonly ScalingStep[], atMost: number): readonly string[] {
  if (steps.length === 0) return [`${name} is empty; give at least one step`];
  return stepFaults(steps, atMost).map(
    ({ index, field, allowed }) => `${name}[${index}].${field} is ${steps[index]![field]}; write ${allowed}`,
  );
}

function levelFaults(
  name: string,
  value: number,
  signal: string,
  steps: readonly ScalingStep[],
): readonly string[] {
  const first = steps[0]?.atLeast ?? Infinity;
  return [
    ...wholeNumberFaults(name, value, 1, 99),
    ...(value >= first
      ? [
          `${name} is ${value}; it must be below the first ${signal} step (${first}), or tasks would be added and removed at the same load`,
        ]
      : []),
  ];
}
