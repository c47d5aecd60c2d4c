import { formatCost, type InitCost } from "../../../cli/init/cost";

describe("the cost", () => {
  const cost: InitCost = {
    ttlHours: 8,
    tasks: { min: 2, max: 50 },
    usdHourly: { min: 0.10819, max: 0.703 },
    usdPerTtl: { min: 0.86552, max: 5.624 },
    usageBased: 3,
    notPriced: [],
    priceRegion: "us-east-1",
    checkedOn: "2026-08-21",
  };

  it("is said for the fewest and the most tasks", () =>
    expect(formatCost(cost)).toEqual([
      "With 2 tasks: $0.1082 an hour, $0.87 for 8 hours.",
      "With 50 tasks: $0.7030 an hour, $5.62 for 8 hours.",
      "Traffic, logs and requests come on top. On-demand prices of us-east-1, read on 2026-08-21.",
    ]));

  it("says what it does not know", () =>
    expect(
      formatCost({
        ...cost,
        ttlHours: 1,
        tasks: { min: 1, max: 1 },
        note: "Elsewhere.",
        notPriced: ["aws_x.y"],
      }),
    ).toEqual([
      "With 1 task: $0.1082 an hour, $0.87 for 1 hour.",
      "Traffic, logs and requests come on top. On-demand prices of us-east-1, read on 2026-08-21.",
      "Elsewhere.",
      "Not priced: aws_x.y.",
    ]));
});
