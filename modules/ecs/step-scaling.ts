import type { AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment as StepAdjustment } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { wholeNumberFaults } from "../shared/faults";

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

/** What AWS wants for one metric: one alarm threshold and offsets from it. */
export interface StepScaling {
  /** Value at which the alarm fires. */
  readonly threshold: number;
  readonly adjustments: readonly StepAdjustment[];
}

/**
 * Absolute steps as an alarm threshold with offsets. Each step ends where the next begins and the last is
 * open, so every value from the threshold on has exactly one step. A lower bound belongs to its step, an
 * upper bound to the next.
 *
 * Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
 */
export function stepScaling(steps: readonly ScalingStep[]): StepScaling {
  const threshold = Math.min(...steps.map(({ atLeast }) => atLeast));
  return {
    threshold,
    adjustments: steps.map(({ atLeast, changePercent }, index) => {
      const next = steps[index + 1];
      return {
        metricIntervalLowerBound: String(atLeast - threshold),
        metricIntervalUpperBound: next && String(next.atLeast - threshold),
        scalingAdjustment: changePercent,
      };
    }),
  };
}

/** Everything wrong with the steps of one metric. `atMost` is the largest value the metric can have. */
export function stepFaults(name: string, steps: readonly ScalingStep[], atMost: number): readonly string[] {
  if (steps.length === 0) return [`${name} is empty; give at least one step`];
  return steps.flatMap(({ atLeast, changePercent }, index) => {
    const previous = steps[index - 1];
    return [
      ...wholeNumberFaults(`${name}[${index}].atLeast`, atLeast, 1, atMost),
      ...wholeNumberFaults(`${name}[${index}].changePercent`, changePercent, 1, 1000),
      ...(previous && previous.atLeast >= atLeast
        ? [
            `${name}[${index}].atLeast is ${atLeast}; it must be above the step before it (${previous.atLeast})`,
          ]
        : []),
      ...(previous && previous.changePercent >= changePercent
        ? [
            `${name}[${index}].changePercent is ${changePercent}; it must be above the step before it (${previous.changePercent})`,
          ]
        : []),
    ];
  });
}
