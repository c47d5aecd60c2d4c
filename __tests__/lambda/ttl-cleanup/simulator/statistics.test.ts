import { percentile, wilsonLowerBound } from "../../../bench/statistics";

test.each([
  [1000, 1000, 0.9973],
  [996, 1000, 0.9911],
  [995, 1000, 0.9898],
  [268, 268, 0.99],
  [50, 100, 0.4188],
])("the lower bound of %d of %d is %d", (successes, runs, bound) => {
  expect(wilsonLowerBound(successes, runs)).toBeCloseTo(bound, 4);
});

test("a percentile is one of the values", () => {
  const values = [1, 2, 3, 4];
  expect([0, 0.25, 0.5, 0.51, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 1, 2, 3, 4, 4]);
});
