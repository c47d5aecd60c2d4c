import { prodEnvironment, stagingEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";
import { read, tableUnder } from "../support/markdown";

/** The cost table of docs/task-api.md is computed from the synthesized stacks, like docs/costs.md. */

const MONTH_HOURS = 730;

/** us-east-1, on demand; the pages are named in docs/task-api.md and docs/costs.md. */
const HOURLY = { vcpu: 0.04048, gigabyte: 0.004445, loadBalancer: 0.0225, nat: 0.045, ipv4: 0.005 };
const INSTANCE_HOUR: Readonly<Record<string, number>> = { "db.t3.small": 0.036, "db.t3.micro": 0.018 };
const MONTHLY = { storageGigabyte: 0.115, key: 1, secret: 0.4, alarmMetric: 0.1 };

/** Twelve hours on five of seven days. */
const OFFICE_SHARE = (12 / 24) * (5 / 7);

type Resources = Record<string, Record<string, Record<string, unknown>>>;

const stacks = synthesize([prodEnvironment, stagingEnvironment]);

function linesOf(name: string, taskHours: number): readonly (readonly [string, number])[] {
  const { resource } = JSON.parse(stacks.get(name)!) as { resource: Resources };
  const all = (type: string) => Object.values(resource[type] ?? {});
  const [task] = all("aws_ecs_task_definition");
  const [database] = all("aws_db_instance");
  const copies = database!.multi_az === true ? 2 : 1;
  const addresses =
    all("aws_eip").length + all("aws_lb").flatMap(({ subnets }) => subnets as string[]).length;
  const alarmMetrics = all("aws_cloudwatch_metric_alarm")
    .map(({ metric_query }) => (metric_query as { metric?: unknown }[] | undefined) ?? [{ metric: true }])
    .flatMap((queries) => queries.filter(({ metric }) => metric !== undefined)).length;
  const taskHour = (Number(task!.cpu) / 1024) * HOURLY.vcpu + (Number(task!.memory) / 1024) * HOURLY.gigabyte;
  return [
    ["Fargate tasks", taskHours * taskHour],
    ["Database instance", INSTANCE_HOUR[String(database!.instance_class)]! * copies * MONTH_HOURS],
    ["Database storage", Number(database!.allocated_storage) * MONTHLY.storageGigabyte * copies],
    ["NAT gateways", all("aws_nat_gateway").length * HOURLY.nat * MONTH_HOURS],
    ["Load balancer", HOURLY.loadBalancer * MONTH_HOURS],
    ["Public IPv4 addresses", addresses * HOURLY.ipv4 * MONTH_HOURS],
    [
      "Keys, secret and alarms",
      all("aws_kms_key").length * MONTHLY.key + MONTHLY.secret + alarmMetrics * MONTHLY.alarmMetric,
    ],
  ];
}

const prod = linesOf("task-api-prod", 5 * MONTH_HOURS);
const staging = linesOf(
  "task-api-staging",
  stagingEnvironment.taskApi!.tasks.min * MONTH_HOURS * OFFICE_SHARE,
);
const usd = (amount: number) => `$${amount.toFixed(2)}`;
const total = (lines: typeof prod) => usd(lines.reduce((sum, [, amount]) => sum + amount, 0));

it("docs/task-api.md says what a month costs, line by line", () =>
  expect(tableUnder(read("docs/task-api.md"), "Costs")).toEqual([
    ["", "prod, 5 tasks", "staging, 1 task in office hours"],
    ...prod.map(([item, amount], i) => [item, usd(amount), usd(staging[i]![1])]),
    ["**Total**", `**${total(prod)}**`, `**${total(staging)}**`],
  ]));

it("the seed's figures are set right", () => {
  expect(usd(prod[0]![1])).toBe("$45.05");
  expect(usd(prod[1]![1])).toBe("$52.56");
});
