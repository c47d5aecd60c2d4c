/** Steps of the scaling: their defaults, and the one rule for them that fields and modules share. */

/** From this metric value on, up to the next step, capacity changes by so many percent. */
export interface ScalingStep {
  /** Value of the metric itself, not an offset. Whole number. */
  readonly atLeast: number;
  /** Percent of the running tasks to add; 50 turns 10 tasks into 15. Whole number from 1. */
  readonly changePercent: number;
}

/** Default for CPU and for memory, in percent of the task's. */
export const DEFAULT_UTILIZATION_STEPS: readonly ScalingStep[] = [
  { atLeast: 70, changePercent: 50 },
  { atLeast: 80, changePercent: 100 },
  { atLeast: 90, changePercent: 200 },
];

/** Default for requests per minute and target. */
export const DEFAULT_REQUEST_STEPS: readonly ScalingStep[] = [
  { atLeast: 500, changePercent: 50 },
  { atLeast: 1000, changePercent: 100 },
];

/** Default level of the scale-in guard, in percent. */
export const DEFAULT_SCALE_IN_PERCENT = 40;

/** Highest step of a utilization in percent: more is not reached steadily. */
export const MAX_UTILIZATION_STEP = 99;

/** Highest step of requests per minute and target. */
export const MAX_REQUEST_STEP = 1_000_000_000;

/** Most percent of the running tasks that a step adds. */
export const MAX_CHANGE_PERCENT = 1000;

export interface StepFault {
  readonly index: number;
  readonly field: keyof ScalingStep;
  /** What is allowed there. */
  readonly allowed: string;
}

/** Everything wrong with the steps of one metric, except that there are none. `atMost`: its largest value. */
export function stepFaults(steps: readonly ScalingStep[], atMost: number): readonly StepFault[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    const faultsOf = (field: keyof ScalingStep, most: number): StepFault[] => {
      const value = step[field];
      if (!Number.isInteger(value) || value < 1 || value > most)
        return [{ index, field, allowed: `a whole number from 1 to ${most}` }];
      if (before && value <= before[field])
        return [{ index, field, allowed: `more than ${before[field]}, the step before` }];
      return [];
    };
    return [...faultsOf("atLeast", atMost), ...faultsOf("changePercent", MAX_CHANGE_PERCENT)];
  });
}
