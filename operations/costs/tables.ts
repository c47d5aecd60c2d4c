import { PRICE_BOOK, priceOf, type PriceId } from "../../contract/prices";
import { TASK_SIZES } from "../../contract/fargate";
import { BOX_TERMS, BOX_TYPES } from "../../contract/admin-box";
import { counted } from "../../contract/text";
import { monthly, type CostLine, type Estimate } from "../../pricing/estimate";
import { plain, price, usd } from "../../contract/dollars";
import { extrasUsd, onDemandUsd } from "../../pricing/admin-box";
import { markdownTable } from "./markdown";

/** A column of a cost table: an estimate's lines over a number of hours. */
export interface Scenario {
  readonly title: string;
  readonly hours: number;
  readonly estimate: Estimate;
  /** Bound of the estimate. @default expected */
  readonly bound?: "low" | "expected" | "high";
}

/** Rows of the tables in order, and the prices in each. */
const GROUPS: readonly (readonly [string, RegExp])[] = [
  ["Fargate tasks", /^fargate-/],
  ["Database instance", /^postgres-/],
  ["Database storage", /^rds-storage$/],
  ["NAT gateways", /^nat-gateway$/],
  ["Load balancer", /^load-balancer-application$/],
  ["Web application firewall", /^waf-/],
  ["Public IPv4 addresses", /^public-ipv4$/],
  ["Interface endpoints", /^interface-endpoint$/],
  ["Dashboard", /^dashboard$/],
  ["Alarms", /^alarm/],
  ["Keys and secrets", /^(kms-key|secret)$/],
  ["Looking for new expectations", /^s3-get$/],
];

function usdOf({ hours, estimate: { usdHourly }, bound = "expected" }: Scenario): number {
  return usdHourly[bound] * hours;
}

/** Cost of each part in each scenario, with totals. @throws If a line belongs to no part. */
export function partsTable(scenarios: readonly Scenario[]): string {
  const rows = GROUPS.map(([label, ids]) => [
    label,
    ...scenarios.map((scenario) => partUsd(scenario, ({ priceId }) => ids.test(priceId))),
  ]).filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  for (const {
    estimate: { lines, notPriced },
  } of scenarios) {
    const stray = lines.find(({ priceId }) => !GROUPS.some(([, ids]) => ids.test(priceId)));
    if (stray) throw new Error(`no table row covers ${stray.item} of ${stray.address}`);
    if (notPriced.length > 0)
      throw new Error(`${notPriced[0]!.address} has no price: ${notPriced[0]!.reason}. Add it to pricing/.`);
  }
  return markdownTable([
    ["", ...scenarios.map(({ title }) => title)],
    ...rows,
    ["**Total**", ...scenarios.map((scenario) => `**${usd(usdOf(scenario))}**`)],
  ]);
}

function partUsd(
  { hours, estimate: { lines }, bound = "expected" }: Scenario,
  belongs: (line: CostLine) => boolean,
): string {
  const own = lines.filter(belongs);
  return own.length === 0 ? "" : usd(own.reduce((sum, { usdHourly }) => sum + usdHourly[bound] * hours, 0));
}

/** The totals alone. */
export function totalsTable(head: string, scenarios: readonly Scenario[]): string {
  return markdownTable([
    [head, "costs"],
    ...scenarios.map((scenario) => [scenario.title, usd(usdOf(scenario))]),
  ]);
}

/** Task sizes on both processors. */
export function sizesTable(): string {
  const taskHour = (size: keyof typeof TASK_SIZES, processor: "x86" | "arm64") => {
    const { cpuUnits, memoryMiB } = TASK_SIZES[size];
    const [vcpu, gb] = [priceOf(`fargate-${processor}-vcpu`), priceOf(`fargate-${processor}-memory`)];
    return (cpuUnits / 1024) * vcpu.usd + (memoryMiB / 1024) * gb.usd;
  };
  return markdownTable([
    ["size", "vCPU", "GB", "per hour, x86", "per month, x86", "per hour, arm64", "per month, arm64"],
    ...(Object.keys(TASK_SIZES) as (keyof typeof TASK_SIZES)[]).map((size) => [
      `\`${size}\``,
      plain(TASK_SIZES[size].cpuUnits / 1024),
      plain(TASK_SIZES[size].memoryMiB / 1024),
      ...(["x86", "arm64"] as const).flatMap((processor) => [
        usd(taskHour(size, processor), 4),
        usd(monthly(taskHour(size, processor))),
      ]),
    ]),
  ]);
}

/** From the smallest to the largest number of tasks. */
export function spikesTable(stacks: readonly (readonly [string, Estimate])[]): string {
  return markdownTable([
    ["stack", "tasks", "per hour, idle", "per hour, at most", "a spike adds, per hour", "each further task"],
    ...stacks.map(([stack, { usdHourly, services }]) => {
      const { tasks } = services[0]!;
      const spike = usdHourly.high - usdHourly.expected;
      return [
        `\`${stack}\``,
        `${tasks.expected} to ${tasks.high}`,
        usd(usdHourly.expected, 4),
        usd(usdHourly.high, 4),
        usd(spike, 4),
        usd(spike / (tasks.high - tasks.expected), 4),
      ];
    }),
  ]);
}

/** An ephemeral environment for its time to live, idle and at its largest. */
export function lifetimesTable({ usdHourly, services }: Estimate, hours: readonly number[]): string {
  const { tasks } = services[0]!;
  return markdownTable([
    ["time to live", counted(tasks.expected, "task"), `${counted(tasks.high, "task")} all the time`],
    ...hours.map((ttl) => [counted(ttl, "hour"), usd(usdHourly.expected * ttl), usd(usdHourly.high * ttl)]),
  ]);
}

/** Each type of admin box, with the volume and a public address. */
export function boxesTable(): string {
  return markdownTable([
    ["type", "per hour", counted(BOX_TERMS.defaultHours, "hour")],
    ...BOX_TYPES.map((type) => {
      const hourly = onDemandUsd(type) + extrasUsd(true);
      return [`\`${type}\``, usd(hourly, 4), usd(hourly * BOX_TERMS.defaultHours, 4)];
    }),
  ]);
}

/** Every price in the book, with its AWS page and source. */
export function pricesTable(): string {
  return markdownTable(
    [
      ["item", "price", "page", "read in", "read on", "how sure"],
      ...(Object.keys(PRICE_BOOK.prices) as PriceId[]).map((id) => {
        const { item, usd: amount, unit, source, readIn, checkedOn, note = "" } = priceOf(id);
        const readWhere = readIn === undefined ? "the page" : `<${readIn}>`;
        return [item, `${price(amount)} per ${unit}`, `<${source}>`, readWhere, checkedOn, note];
      }),
    ],
    6,
  );
}
