import fc from "fast-check";
import {
  DEFAULT_REQUEST_STEPS,
  DEFAULT_SCALE_IN_PERCENT,
  DEFAULT_UTILIZATION_STEPS,
  type ScalingStep,
} from "../../../contract/scaling";
import { stepScaling } from "../../../modules/ecs/step-scaling";

const ascending = (max: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 8 })
    .map((values) => values.sort((a, b) => a - b));

const anySteps: fc.Arbitrary<readonly ScalingStep[]> = fc
  .tuple(ascending(2000), ascending(1000))
  .map(([levels, changes]) =>
    levels.slice(0, changes.length).map((atLeast, index) => ({ atLeast, changePercent: changes[index]! })),
  );

/** The step that AWS selects: lower bounds are inclusive, upper bounds exclusive. */
const matching = (scaling: ReturnType<typeof stepScaling>, value: number) =>
  scaling.adjustments.filter(({ metricIntervalLowerBound: lower, metricIntervalUpperBound: upper }) => {
    const offset = value - scaling.threshold;
    return offset >= Number(lower ?? -Infinity) && offset < Number(upper ?? Infinity);
  });

describe("default steps", () => {
  it("utilization: 70, 80 and 90 percent, not fractions", () => {
    expect(stepScaling(DEFAULT_UTILIZATION_STEPS)).toEqual({
      threshold: 70,
      adjustments: [
        { metricIntervalLowerBound: "0", metricIntervalUpperBound: "10", scalingAdjustment: 50 },
        { metricIntervalLowerBound: "10", metricIntervalUpperBound: "20", scalingAdjustment: 100 },
        { metricIntervalLowerBound: "20", metricIntervalUpperBound: undefined, scalingAdjustment: 200 },
      ],
    });
    expect(DEFAULT_SCALE_IN_PERCENT).toBe(40);
  });

  it("requests: 500 and 1000 per minute and target", () => {
    expect(stepScaling(DEFAULT_REQUEST_STEPS)).toEqual({
      threshold: 500,
      adjustments: [
        { metricIntervalLowerBound: "0", metricIntervalUpperBound: "500", scalingAdjustment: 50 },
        { metricIntervalLowerBound: "500", metricIntervalUpperBound: undefined, scalingAdjustment: 100 },
      ],
    });
  });
});

describe("offsets", () => {
  it("are contiguous, start at the threshold and have an open upper end", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { adjustments } = stepScaling(steps);
        expect(adjustments).toHaveLength(steps.length);
        expect(adjustments[0]!.metricIntervalLowerBound).toBe("0");
        adjustments.forEach(({ metricIntervalUpperBound }, index) =>
          expect(metricIntervalUpperBound).toBe(adjustments[index + 1]?.metricIntervalLowerBound),
        );
        expect(adjustments.filter((step) => step.metricIntervalUpperBound === undefined)).toHaveLength(1);
        expect(adjustments.every((step) => step.metricIntervalLowerBound !== undefined)).toBe(true);
      }),
    );
  });

  it("give the same change as the absolute steps: one above the threshold, none below", () => {
    fc.assert(
      fc.property(anySteps, fc.double({ min: 0, max: 3000, noNaN: true }), (steps, free) => {
        for (const value of [free, ...steps.flatMap(({ atLeast }) => [atLeast, atLeast - 0.5])]) {
          const absolute = steps.filter(({ atLeast }) => value >= atLeast).at(-1);
          expect(matching(stepScaling(steps), value).map((step) => step.scalingAdjustment)).toEqual(
            absolute ? [absolute.changePercent] : [],
          );
        }
      }),
    );
  });
});
