import type { AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment as StepAdjustment } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import type { ScalingStep } from "../../contract/scaling";

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
