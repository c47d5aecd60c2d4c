/** A change of capacity that applies from a metric value up to the next step. */
export interface ScalingStep {
  /** Value of the metric, not an offset. Whole number. */
  readonly atLeast: number;
  /** Percent of the running tasks to add; 50 turns 10 tasks into 15. Whole number from 1. */
  readonly changePercent: number;
}

/** Default for CPU and memory utilization in percent. */
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

/** Default scale-in level in percent. */
export const DEFAULT_SCALE_IN_PERCENT = 40;

/** Highest utilization step in percent; 100 % is never reached steadily. */
export const MAX_UTILIZATION_STEP = 99;

/** Highest step of requests per minute and target. */
export const MAX_REQUEST_STEP = 1_000_000_000;

/** Highest percentage of the running tasks that a step can add. */
export const MAX_CHANGE_PERCENT = 1000;

export interface StepFault {
  readonly index: number;
  readonly field: keyof ScalingStep;
  readonly allowed: string;
}

/**
 * Validates the steps of one metric.
 *
 * @param atMost the metric's largest value
 */
export function stepFaults(steps: readonly ScalingStep[], atMost: number): readonly StepFault[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    const faultsOf = (field: keyof ScalingStep, most: number): StepFault[] => {
      const value = step[field];
      if (!Number.isInteger(value) || value < 1 || value > most)
        return [{ index, field, allowed: `a whole number from 1 to ${most}` }];
      if (before && value <= before[field])
        return [{ index, field, allowed: `more than ${before[field]}, the previous step` }];
      return [];
    };
    return [...faultsOf("atLeast", atMost), ...faultsOf("changePercent", MAX_CHANGE_PERCENT)];
  });
}
