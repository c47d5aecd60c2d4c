import { read, tableUnder } from "../support/markdown";
import { prodEnvironment, stagingEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";

/** The cost tables are computed from the synthesized stacks: a NAT gateway more turns them red. */

interface Price {
  readonly item: string;
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
}

/** us-east-1, on demand; dated in docs/costs.md. */
const PRICES = {
  vcpuHour: {
    item: "Fargate, Linux on x86, vCPU",
    usd: 0.04048,
    unit: "hour",
    source: "https://aws.amazon.com/fargate/pricing/",
  },
  gigabyteHour: {
    item: "Fargate, Linux on x86, GB of memory",
    usd: 0.004445,
    unit: "hour",
    source: "https://aws.amazon.com/fargate/pricing/",
  },
  loadBalancerHour: {
    item: "Application Load Balancer",
    usd: 0.0225,
    unit: "hour",
    source: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  },
  natHour: { item: "NAT gateway", usd: 0.045, unit: "hour", source: "https://aws.amazon.com/vpc/pricing/" },
  natGigabyte: {
    item: "NAT gateway, data",
    usd: 0.045,
    unit: "GB",
    source: "https://aws.amazon.com/vpc/pricing/",
  },
  ipv4Hour: {
    item: "Public IPv4 address",
    usd: 0.005,
    unit: "hour",
    source: "https://aws.amazon.com/vpc/pricing/",
  },
  alarmMetricMonth: {
    item: "CloudWatch alarm, each metric in it",
    usd: 0.1,
    unit: "month",
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  keyMonth: { item: "KMS key", usd: 1, unit: "month", source: "https://aws.amazon.com/kms/pricing/" },
  thousandReads: {
    item: "S3 GET and HEAD",
    usd: 0.0004,
    unit: "1,000",
    source: "https://aws.amazon.com/s3/pricing/",
  },
} as const satisfies Record<string, Price>;

const MONTH_HOURS = 730;
/** The sync container asks for the expectations' ETag every 30 seconds. */
const READS_PER_TASK_HOUR = 120;

interface Stack {
  readonly vcpu: number;
  readonly gigabytes: number;
  readonly natGateways: number;
  readonly publicAddresses: number;
  readonly alarmMetrics: number;
  readonly keys: number;
}

interface Line {
  readonly item: string;
  readonly usd: number;
}

type Resources = Record<string, Record<string, Record<string, unknown>>>;

const synthesized = synthesize([prodEnvironment, stagingEnvironment]);
const prod = stackOf("automock-prod");
const staging = stackOf("automock-staging");

const SCENARIOS = [
  { title: "prod, 10 tasks, a month", lines: linesOf(prod, prodEnvironment.automock.tasks.min, MONTH_HOURS) },
  {
    title: "staging, 1 task, a month",
    lines: linesOf(staging, stagingEnvironment.automock.tasks.min, MONTH_HOURS),
  },
  { title: "prod at 200 tasks, an hour", lines: linesOf(prod, prodEnvironment.automock.tasks.max, 1) },
  { title: "staging's shape, 10 tasks, 4 hours", lines: linesOf(staging, 10, 4) },
];

/** What seed 003 assumed: half a vCPU and 1 GB each, two zones with a NAT gateway each, four public addresses. */
const SEED: Stack = { vcpu: 0.5, gigabytes: 1, natGateways: 2, publicAddresses: 4, alarmMetrics: 0, keys: 0 };

const CORRECTIONS = [
  ["Fargate, 10 tasks, 4 hours", "$1.62", usd(tasksUsd(SEED, 10, 4))],
  ["All of it, 10 tasks, 4 hours", "$2.11", usd(seedUsd(10, 4) + 0.5 * PRICES.natGigabyte.usd)],
  ["Fargate, 200 tasks, an hour", "$4.05", usd(tasksUsd(SEED, 200, 1))],
  ["All of it, 200 tasks, an hour", "$24", usd(seedUsd(200, 1))],
  ["Fargate, 10 tasks, a month", "$35", usd(tasksUsd(SEED, 10, MONTH_HOURS))],
  ["Load balancer, a month", "$16", usd(PRICES.loadBalancerHour.usd * MONTH_HOURS)],
  ["NAT gateways, a month", "$64", usd(SEED.natGateways * PRICES.natHour.usd * MONTH_HOURS)],
  [
    "Public IPv4 addresses, a month",
    "missing",
    usd(SEED.publicAddresses * PRICES.ipv4Hour.usd * MONTH_HOURS),
  ],
  ["All of it, 10 tasks, a month", "$125", usd(seedUsd(10, MONTH_HOURS))],
];

function stackOf(name: string): Stack {
  const { resource } = JSON.parse(synthesized.get(name)!) as { resource: Resources };
  const all = (type: string) => Object.values(resource[type] ?? {});
  const [task] = all("aws_ecs_task_definition");
  return {
    vcpu: Number(task!.cpu) / 1024,
    gigabytes: Number(task!.memory) / 1024,
    natGateways: all("aws_nat_gateway").length,
    publicAddresses:
      all("aws_eip").length + all("aws_lb").flatMap(({ subnets }) => subnets as string[]).length,
    alarmMetrics: all("aws_cloudwatch_metric_alarm")
      .map(({ metric_query }) => (metric_query as { metric?: unknown }[] | undefined) ?? [{ metric: true }])
      .flatMap((queries) => queries.filter(({ metric }) => metric !== undefined)).length,
    keys: all("aws_kms_key").length,
  };
}

function linesOf(stack: Stack, tasks: number, hours: number): Line[] {
  return [
    { item: "Fargate tasks", usd: tasksUsd(stack, tasks, hours) },
    { item: "NAT gateways", usd: stack.natGateways * PRICES.natHour.usd * hours },
    { item: "Load balancer", usd: PRICES.loadBalancerHour.usd * hours },
    { item: "Public IPv4 addresses", usd: stack.publicAddresses * PRICES.ipv4Hour.usd * hours },
    { item: "Alarms", usd: (stack.alarmMetrics * PRICES.alarmMetricMonth.usd * hours) / MONTH_HOURS },
    { item: "Key of the notifications", usd: (stack.keys * PRICES.keyMonth.usd * hours) / MONTH_HOURS },
    {
      item: "Looking for new expectations",
      usd: (tasks * hours * READS_PER_TASK_HOUR * PRICES.thousandReads.usd) / 1000,
    },
  ];
}

function tasksUsd({ vcpu, gigabytes }: Stack, tasks: number, hours: number): number {
  return tasks * hours * (vcpu * PRICES.vcpuHour.usd + gigabytes * PRICES.gigabyteHour.usd);
}

/** The items that the seed lists, and the addresses it forgot. */
function seedUsd(tasks: number, hours: number): number {
  return totalOf(linesOf(SEED, tasks, hours).slice(0, 4));
}

function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.usd, 0);
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

describe("cost-table-golden", () => {
  const costs = read("docs/costs.md");

  it("docs/costs.md says what each environment costs, line by line", () =>
    expect(tableUnder(costs, "What stands costs")).toEqual([
      ["", ...SCENARIOS.map(({ title }) => title)],
      ...SCENARIOS[0]!.lines.map(({ item }, i) => [
        item,
        ...SCENARIOS.map(({ lines }) => usd(lines[i]!.usd)),
      ]),
      ["**Total**", ...SCENARIOS.map(({ lines }) => `**${usd(totalOf(lines))}**`)],
    ]));

  it("README.md says the totals", () =>
    expect(tableUnder(read("README.md"), "Costs").slice(1)).toEqual(
      SCENARIOS.map(({ title, lines }) => [title, usd(totalOf(lines))]),
    ));

  it("docs/costs.md holds the prices that the figures are made from", () =>
    expect(tableUnder(costs, "Prices").slice(1)).toEqual(
      Object.values(PRICES).map(({ item, usd: price, unit, source }) => [
        item,
        `$${price} per ${unit}`,
        `<${source}>`,
      ]),
    ));

  it("docs/costs.md sets the seed's figures right", () =>
    expect(
      tableUnder(costs, "Figures of the first design that were wrong").map((row) => row.slice(0, 3)),
    ).toEqual([["", "printed", "right"], ...CORRECTIONS]));

  it("a small task costs a little more than a cent an hour, and 200 of them far less than $24", () => {
    expect(tasksUsd(prod, 1, 1)).toBeCloseTo(0.0123425, 7);
    expect(tasksUsd(prod, 200, 1)).toBeCloseTo(2.4685, 4);
  });

  it("counts what stands in the stacks", () => {
    expect(prod).toEqual({
      vcpu: 0.25,
      gigabytes: 0.5,
      natGateways: 3,
      publicAddresses: 6,
      alarmMetrics: 12,
      keys: 1,
    });
    expect(staging).toEqual({
      vcpu: 0.25,
      gigabytes: 0.5,
      natGateways: 1,
      publicAddresses: 3,
      alarmMetrics: 11,
      keys: 1,
    });
  });
});
