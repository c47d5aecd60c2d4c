import type { AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment as StepAdjustment } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import type { ScalingStep } from "../../contract/scaling";

/** Step scaling of one metric in the AWS form: an alarm threshold and offsets from it. */
export interface StepScaling {
  /** Value at which the alarm fires. */
  readonly threshold: number;
  readonly adjustments: readonly StepAdjustment[];
}

/**
 * Converts absolute steps to an alarm threshold with offsets. Each step ends where the next one starts and the
 * last one is open, so every value from the threshold up has exactly one step. Lower bounds are inclusive,
 * upper bounds exclusive.
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
