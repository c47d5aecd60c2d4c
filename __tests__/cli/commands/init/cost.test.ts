import { costAsJson, type StackCost } from "../../../../operations/costs/stack-costs";
import { formatCost } from "../../../../cli/commands/init/cost";

describe("the cost", () => {
  const cost = (more: Partial<StackCost["estimate"]> = {}, ttlHours = 8): StackCost => ({
    stack: "automock-demo",
    region: "us-east-1",
    ttlHours,
    estimate: {
      lines: [],
      usdHourly: { low: 0.1, expected: 0.10819, high: 0.703 },
      services: [],
      usageBased: [],
      free: [],
      notPriced: [],
      atLeast: false,
      priceRegion: "us-east-1",
      checkedOn: "2026-08-21",
      ...more,
    },
  });

  it("is shown for the minimum and the maximum number of tasks", () =>
    expect(formatCost(cost(), { min: 2, max: 50 })).toEqual([
      "With 2 tasks: $0.1082 per hour, $0.87 for 8 hours.",
      "With 50 tasks: $0.7030 per hour, $5.62 for 8 hours.",
      "Traffic, logs and requests cost extra. Prices are on-demand prices of us-east-1, checked on 2026-08-21.",
    ]));

  it("lists what is not priced", () => {
    const gaps = { note: "Elsewhere.", notPriced: [{ address: "aws_x.y", type: "aws_x", reason: "new" }] };
    expect(formatCost(cost(gaps, 1), { min: 1, max: 1 })).toEqual([
      "With 1 task: $0.1082 per hour, $0.11 for 1 hour.",
      "Traffic, logs and requests cost extra. Prices are on-demand prices of us-east-1, checked on 2026-08-21.",
      "Elsewhere.",
      "Not priced: aws_x.y.",
    ]);
  });

  it("has the shape of automock cost --json", () =>
    expect(costAsJson(cost())).toMatchObject({
      stack: "automock-demo",
      ttlHours: 8,
      usdHourly: { low: 0.1, expected: 0.10819, high: 0.703 },
      usdPerTtl: { low: 0.8, expected: 0.86552, high: 5.624 },
    }));
});
