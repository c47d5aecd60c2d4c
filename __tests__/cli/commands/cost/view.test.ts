import type { JsonObject } from "../../../../contract/json";
import { type TerraformResource } from "../../../../contract/terraform-json";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import { estimate } from "../../../../pricing/estimate";
import { showOverview, showStack } from "../../../../cli/commands/cost/view";
import { costsAsJson, readStackCost, type StackCost } from "../../../../operations/costs/stack-costs";
import { fargateService, resource } from "../../../pricing/resources";

const colors = createColors(false);
const cells = (line: string) => line.trim().split(/ {2,}/);

const resources: TerraformResource[] = [
  ...fargateService({
    capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }],
    launch_type: undefined,
  }),
  resource("aws_appautoscaling_target.target", {
    service_namespace: "ecs",
    min_capacity: 2,
    max_capacity: 6,
  }),
  resource("aws_nat_gateway.a"),
  ...["a", "b", "c", "d"].map((id) => resource(`aws_cloudwatch_metric_alarm.${id}`)),
  ...["a", "b"].map((id) => resource(`aws_eip.${id}`)),
  resource("aws_mq_broker.queue"),
];

const cost = (change: Partial<StackCost> = {}): StackCost => ({
  stack: "automock-demo",
  region: "us-east-1",
  ttlHours: 8,
  estimate: estimate(resources),
  ...change,
});

describe("the overview", () => {
  const permanent = cost({
    stack: "automock-prod",
    ttlHours: undefined,
    estimate: estimate([resource("aws_eip.a")]),
  });

  it("has one line per stack and a total", () => {
    const [head, ...rows] = showOverview([cost(), permanent], colors)[0]!.split("\n").map(cells);
    expect(head).toEqual([
      "STACK",
      "TASKS",
      "PER HOUR",
      "TIME TO LIVE",
      "PER MONTH",
      "MAX PER HOUR",
      "NOT PRICED",
    ]);
    // 2 × 0.0123425 + 0.045 + 2 × 0.005 + 0.4 / 730
    expect(rows).toEqual([
      [
        "automock-demo",
        "2–6",
        "at least $0.0802",
        "at least $0.64 (8 h)",
        "at least $58.57",
        "at least $0.1296",
        "1",
      ],
      ["automock-prod", "$0.0050", "$3.65", "$0.0050"],
      ["all", "at least $0.0852", "at least $62.22", "at least $0.1346"],
    ]);
  });

  it("explains the figures, and names stacks in a region without prices", () => {
    const elsewhere = cost({ estimate: estimate(resources, { region: "eu-west-1" }) });
    expect(showOverview([elsewhere], colors).slice(1)).toEqual([
      "",
      "Figures are for the minimum number of tasks; MAX PER HOUR is for the maximum. Prices are on-demand prices of us-east-1 without free tiers; the oldest was checked on 2026-08-21.",
      "Usage-based costs are not included: automock cost STACK lists them and every resource.",
      "automock-demo: The prices are those of us-east-1; the stack is in eu-west-1, where most are higher, in some regions twice as high.",
    ]);
    expect(showOverview([elsewhere], colors)[0]).not.toContain("\nall ");
  });
});

describe("one stack", () => {
  const shown = showStack(cost(), colors);
  const text = shown.join("\n");

  it("is shown by resource, most expensive first, with many of a kind in one row", () => {
    const [head, ...rows] = shown[2]!.split("\n").map(cells);
    expect(head).toEqual(["RESOURCE", "ITEM", "QUANTITY", "PER HOUR", "PER MONTH", "PRICE AS OF"]);
    expect(rows).toEqual([
      ["aws_nat_gateway.a", "NAT gateway", "1", "$0.0450", "$32.85", "2026-09-20"],
      [
        "aws_ecs_service.service",
        "Fargate, Linux on x86, vCPU",
        "0.5 vCPU",
        "$0.0202",
        "$14.78",
        "2026-08-21",
      ],
      ["aws_eip.a", "Public IPv4 address", "1", "$0.0050", "$3.65", "2026-10-16"],
      ["aws_eip.b", "Public IPv4 address", "1", "$0.0050", "$3.65", "2026-10-16"],
      ["aws_ecs_service.service", "Fargate, Linux on x86, memory", "1 GB", "$0.0044", "$3.24", "2026-08-21"],
      [
        "4 × aws_cloudwatch_metric_alarm",
        "CloudWatch alarm, each metric in it",
        "4",
        "$0.0005",
        "$0.40",
        "2026-08-21",
      ],
    ]);
  });

  it("has totals, the load spike, the lower bound and the assumptions", () => {
    expect(shown[0]).toBe("automock-demo (us-east-1)");
    for (const line of [
      "at least $0.0802 per hour, at least $58.57 per month, at least $0.64 for its time to live of 8 hours",
      // 70 % off 2 × 9.01
      "at least $45.96 per month, with the discount of Spot",
      "a load spike from 2 to 6 tasks: $0.1296 per hour, $0.0494 more; each additional task $0.0123",
      "assumed: Fargate, Linux on x86, vCPU, without the Spot discount of up to 70 %",
      "Prices are on-demand prices of us-east-1 without free tiers; the oldest was checked on 2026-08-21.",
    ]) {
      expect(shown).toContain(line);
    }
  });

  it("lists usage-based costs, what is not priced, and the source and date of each price", () => {
    expect(text).toContain(
      "Usage-based, not included\n  NAT gateway, data: $0.045 per GB (aws_nat_gateway)\n  Data out to the internet, above 100 GB a month: $0.09 per GB (aws_nat_gateway)\n",
    );
    expect(text).toContain(
      "Not priced, not included\n  aws_mq_broker.queue: the calculator does not know aws_mq_broker\n",
    );
    const prices = text.split("\nPrices\n")[1]!.split("\n\n")[0]!.split("\n");
    expect(prices).toEqual([
      "  Fargate, Linux on x86, vCPU: $0.04048 per vCPU-hour, https://aws.amazon.com/fargate/pricing/, 2026-08-21",
      "  Fargate, Linux on x86, memory: $0.004445 per GB-hour, https://aws.amazon.com/fargate/pricing/, 2026-08-21",
      "  NAT gateway: $0.045 per hour, https://aws.amazon.com/vpc/pricing/, 2026-09-20",
      "  CloudWatch alarm, each metric in it: $0.10 per month, https://aws.amazon.com/cloudwatch/pricing/, 2026-08-21",
      "  Public IPv4 address: $0.005 per hour, https://aws.amazon.com/vpc/pricing/, 2026-10-16",
    ]);
  });

  it("explains the lower bound: scheduled hours, Spot, or both", () => {
    const least = (service: JsonObject, ...more: TerraformResource[]) =>
      showStack(cost({ estimate: estimate([...fargateService(service), ...more]) }), colors).find((line) =>
        line.startsWith("at least"),
      );
    const target = resource("aws_appautoscaling_target.target", {
      service_namespace: "ecs",
      resource_id: "service/c/service",
      min_capacity: 2,
      max_capacity: 2,
    });
    const nights = ["0 8 ? * * *", "0 20 ? * * *"].map((cron, i) =>
      resource(`aws_appautoscaling_scheduled_action.a${i}`, {
        resource_id: "${aws_appautoscaling_target.target.resource_id}",
        schedule: `cron(${cron})`,
        scalable_target_action: { min_capacity: i === 0 ? 2 : 0 },
      }),
    );
    const spot = { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }] };
    // A month of two small tasks is 18.02.
    expect(least({}, target)).toBeUndefined();
    expect(least({}, target, ...nights)).toBe("at least $9.01 per month, with scheduled hours");
    expect(least(spot, target)).toBe("at least $5.41 per month, with the discount of Spot");
    expect(least(spot, target, ...nights)).toBe(
      "at least $2.70 per month, with scheduled hours and the discount of Spot",
    );
  });

  it("omits spikes, usage and gaps if there are none", () => {
    const plain = showStack(
      cost({ ttlHours: undefined, estimate: estimate([resource("aws_eip.a")]) }),
      colors,
    );
    expect(plain.join("\n")).not.toMatch(/spike|at least|assumed|Usage-based|Not priced|time to live/);
    expect(plain).toContain("$0.0050 per hour, $3.65 per month");
  });
});

describe("the JSON document", () => {
  it("has figures instead of texts, and all resources", () => {
    const { prices, stacks } = costsAsJson([cost(), cost({ ttlHours: undefined })]) as {
      prices: object;
      stacks: Record<string, { expected: number }>[];
    };
    expect(prices).toEqual({ region: "us-east-1", checkedOn: "2026-08-21" });
    const [first, second] = stacks;
    expect(first!.usdMonthly!.expected).toBeCloseTo(first!.usdHourly!.expected * 730, 9);
    expect(first!.usdPerTtl!.expected).toBeCloseTo(first!.usdHourly!.expected * 8, 9);
    expect(Object.keys(first!)).toEqual([
      "stack",
      "region",
      "usdHourly",
      "usdMonthly",
      "ttlHours",
      "usdPerTtl",
      "lines",
      "atLeast",
      "services",
      "usageBased",
      "free",
      "notPriced",
      "priceRegion",
      "checkedOn",
    ]);
    expect(second).not.toHaveProperty("usdPerTtl");
  });

  it("is created from the synthesized file", () => {
    const folder = mkdtempSync(join(tmpdir(), "cost-"));
    try {
      const json = {
        provider: { aws: [{ region: "eu-west-1" }] },
        resource: { aws_eip: { a: { domain: "vpc" } } },
      };
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(json));
      const read = readStackCost("automock-x", folder, 4);
      expect(read).toMatchObject({ stack: "automock-x", region: "eu-west-1", ttlHours: 4 });
      expect(read.estimate.usdHourly.expected).toBe(0.005);
      expect(read.estimate.note).toContain("eu-west-1");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
