import fc from "fast-check";
import {
  DEFAULT_REQUEST_STEPS,
  DEFAULT_UTILIZATION_STEPS,
  MAX_REQUEST_STEP,
  MAX_UTILIZATION_STEP,
  stepFaults,
  type ScalingStep,
} from "../../contract/scaling";

const rising = (max: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 8 })
    .map((values) => values.sort((a, b) => a - b));

it("the defaults are right", () => {
  expect(stepFaults(DEFAULT_UTILIZATION_STEPS, MAX_UTILIZATION_STEP)).toEqual([]);
  expect(stepFaults(DEFAULT_REQUEST_STEPS, MAX_REQUEST_STEP)).toEqual([]);
});

it("accepts steps in ascending order", () =>
  fc.assert(
    fc.property(rising(2000), rising(1000), (levels, changes) => {
      const steps = levels
        .slice(0, changes.length)
        .map((atLeast, i) => ({ atLeast, changePercent: changes[i]! }));
      expect(stepFaults(steps, 2000)).toEqual([]);
    }),
  ));

it.each<[string, ScalingStep[], object[]]>([
  [
    "a fraction instead of a percentage",
    [{ atLeast: 0.7, changePercent: 50 }],
    [{ index: 0, field: "atLeast", allowed: "a whole number from 1 to 99" }],
  ],
  [
    "a percentage that cannot be reached steadily",
    [{ atLeast: 100, changePercent: 50 }],
    [{ index: 0, field: "atLeast", allowed: "a whole number from 1 to 99" }],
  ],
  [
    "a change that removes tasks",
    [{ atLeast: 70, changePercent: -50 }],
    [{ index: 0, field: "changePercent", allowed: "a whole number from 1 to 1000" }],
  ],
  [
    "wrong order and a falling change, both at once",
    [
      { atLeast: 80, changePercent: 100 },
      { atLeast: 80, changePercent: 50 },
    ],
    [
      { index: 1, field: "atLeast", allowed: "more than 80, the previous step" },
      { index: 1, field: "changePercent", allowed: "more than 100, the previous step" },
    ],
  ],
])("%s", (_, steps, faults) => expect(stepFaults(steps, MAX_UTILIZATION_STEP)).toEqual(faults));
