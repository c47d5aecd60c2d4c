import { weekOf } from "../../pricing/week";

const at = (schedule: string, min: number | string) => ({
  schedule,
  scalable_target_action: [{ min_capacity: min }],
});

it.each([
  ["no schedule", [], 3],
  ["office hours", [at("cron(0 8 ? * MON-FRI *)", 3), at("cron(0 20 ? * MON-FRI *)", 0)], (3 * 60) / 168],
  [
    "every night off",
    [at("cron(30 6 * * * *)", "3"), at("cron(30 22 * * * *)", "1")],
    3 * (16 / 24) + 8 / 24,
  ],
  ["weekends off", [at("cron(0 0 ? * MON *)", 3), at("cron(0 0 ? * SAT *)", 0)], 3 * (5 / 7)],
  [
    "days in a list",
    [at("cron(0 0 ? * SAT,SUN *)", 1), at("cron(0 12 ? * SAT,SUN *)", 3)],
    3 - 2 * (24 / 168),
  ],
  [
    "over the end of the week",
    [at("cron(0 0 ? * SAT-MON *)", 1), at("cron(0 0 ? * TUE *)", 3)],
    3 - 2 * (3 / 7),
  ],
  ["a single action", [at("cron(0 8 ? * MON *)", 2)], 2],
])("%s", (_, actions, average) => expect(weekOf(actions, 3)).toBeCloseTo(average, 10));

it.each([
  ["a rate", at("rate(1 day)", 0)],
  ["a day of the month", at("cron(0 8 1 * ? *)", 0)],
  ["a month", at("cron(0 8 ? 12 MON *)", 0)],
  ["numbered days", at("cron(0 8 ? * 2-6 *)", 0)],
  ["steps", at("cron(0/15 8 ? * MON *)", 0)],
  ["a single time", at("at(2026-11-21T08:00:00)", 0)],
  ["no schedule at all", { scalable_target_action: [{ min_capacity: 0 }] }],
  ["only a maximum", { schedule: "cron(0 8 ? * MON *)", scalable_target_action: [{ max_capacity: 0 }] }],
])("%s is not followed: the smallest number stands", (_, action) =>
  expect(weekOf([at("cron(0 20 ? * MON-FRI *)", 0), action], 3)).toBe(3),
);
