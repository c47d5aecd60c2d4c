import { PRICE_BOOK, priceOf, type PriceId } from "../../../contract/prices";
import { formatTable, type Colors } from "../../output";
import { counted } from "../../../contract/text";
import { monthly, sum, type CostLine, type Estimate } from "../../../pricing/estimate";
import { atLeast, plain, price, usd } from "../../../contract/dollars";
import type { StackCost } from "../../../operations/costs/stack-costs";

/** If more resources than this have the same type and price, they share a row. */
const MAX_ROWS_PER_KIND = 3;

/** Every stack in one table, followed by what the figures leave out. */
export function showOverview(costs: readonly StackCost[], colors: Colors): string[] {
  const total = sum(costs.map(({ estimate }) => estimate.usdHourly));
  const rows = costs.map(
    ({ stack, ttlHours, estimate: { usdHourly, services, notPriced, atLeast: more } }) => [
      stack,
      tasksOf(services),
      atLeast(usd(usdHourly.expected, 4), more),
      ttlHours === undefined
        ? ""
        : atLeast(`${usd(usdHourly.expected * ttlHours)} (${plain(ttlHours)} h)`, more),
      atLeast(usd(monthly(usdHourly.expected)), more),
      atLeast(usd(usdHourly.high, 4), more),
      notPriced.length === 0 ? "" : String(notPriced.length),
    ],
  );
  const someMore = costs.some(({ estimate }) => estimate.atLeast);
  const totals = [
    "all",
    "",
    atLeast(usd(total.expected, 4), someMore),
    "",
    atLeast(usd(monthly(total.expected)), someMore),
    atLeast(usd(total.high, 4), someMore),
    "",
  ];
  const head = ["STACK", "TASKS", "PER HOUR", "TIME TO LIVE", "PER MONTH", "MAX PER HOUR", "NOT PRICED"];
  return [
    formatTable(head, [...rows, ...(costs.length > 1 ? [totals] : [])], { colors, right: [2, 3, 4, 5, 6] }),
    "",
    `Figures are for the minimum number of tasks; MAX PER HOUR is for the maximum. ${priceBasis(costs.map((cost) => cost.estimate))}`,
    "Usage-based costs are not included: automock cost STACK lists them and every resource.",
    ...notes(costs),
  ];
}

/** One stack, resource by resource. */
export function showStack(cost: StackCost, colors: Colors): string[] {
  const { stack, region, ttlHours, estimate } = cost;
  const { usdHourly, lines } = estimate;
  return [
    colors.bold(`${stack}${region === undefined ? "" : ` (${region})`}`),
    "",
    formatTable(
      ["RESOURCE", "ITEM", "QUANTITY", "PER HOUR", "PER MONTH", "PRICE AS OF"],
      rowsOf(lines).map((row) => [...row]),
      { colors, right: [2, 3, 4] },
    ),
    "",
    `${atLeast(usd(usdHourly.expected, 4), estimate.atLeast)} per hour, ` +
      `${atLeast(usd(monthly(usdHourly.expected)), estimate.atLeast)} per month` +
      (ttlHours === undefined
        ? ""
        : `, ${atLeast(usd(usdHourly.expected * ttlHours), estimate.atLeast)} for its time to live of ${counted(ttlHours, "hour")}`),
    ...bounds(estimate),
    ...assumptions(lines),
    ...section("Usage-based, not included", usage(estimate), colors),
    ...section(
      "Not priced, not included",
      estimate.notPriced.map(({ address, reason }) => `${address}: ${reason}`),
      colors,
    ),
    ...section("Prices", [...new Set(lines.map(({ priceId }) => priceId))].map(source), colors),
    "",
    priceBasis([estimate]),
    ...notes([cost]),
  ];
}

function rowsOf(lines: readonly CostLine[]): (readonly string[])[] {
  const groups = new Map<string, CostLine[]>();
  for (const line of lines) {
    const kind = `${line.type} ${line.priceId}`;
    groups.set(kind, [...(groups.get(kind) ?? []), line]);
  }
  return [...groups.values()]
    .flatMap((group) => (group.length > MAX_ROWS_PER_KIND ? [merged(group)] : group))
    .sort((a, b) => b.usdHourly.expected - a.usdHourly.expected)
    .map(({ address, item, quantity, unit, usdHourly, checkedOn }) => [
      address,
      item,
      `${plain(quantity.expected)}${/^(hour|month)$/.test(unit) ? "" : ` ${measure(unit)}`}`,
      usd(usdHourly.expected, 4),
      usd(monthly(usdHourly.expected)),
      checkedOn,
    ]);
}

function merged(group: readonly CostLine[]): CostLine {
  return {
    ...group[0]!,
    address: `${group.length} × ${group[0]!.type}`,
    quantity: sum(group.map(({ quantity }) => quantity)),
    usdHourly: sum(group.map(({ usdHourly }) => usdHourly)),
  };
}

/** What the unit of a price counts: GB for a GB-month, requests per hour for requests. */
function measure(unit: string): string {
  return /-(hour|month)$/.test(unit) ? unit.replace(/-(hour|month)$/, "") : `× ${unit} per hour`;
}

/** The lower bound, by Spot and schedules, and the upper bound, by load. */
function bounds(estimate: Estimate): string[] {
  const { usdHourly, services } = estimate;
  const lines: string[] = [];
  if (usdHourly.low < usdHourly.expected) {
    lines.push(`at least ${usd(monthly(usdHourly.low))} per month, with ${savings(estimate).join(" and ")}`);
  }
  if (usdHourly.high > usdHourly.expected) {
    const more = services.reduce((count, { tasks }) => count + tasks.high - tasks.expected, 0);
    const spike = usdHourly.high - usdHourly.expected;
    lines.push(
      `a load spike from ${tasksOf(services, " to ")} tasks: ${usd(usdHourly.high, 4)} per hour, ${usd(spike, 4)} more` +
        `; each additional task ${usd(spike / more, 4)}`,
    );
  }
  return lines;
}

/** Why the lower bound is below the expected figure. */
function savings({ services, lines }: Estimate): string[] {
  const isDiscounted = ({ quantity, usdHourly }: CostLine) =>
    usdHourly.low * quantity.expected < usdHourly.expected * quantity.low * 0.999;
  return [
    ...(services.some(({ tasks }) => tasks.low < tasks.expected) ? ["scheduled hours"] : []),
    ...(lines.some(isDiscounted) ? ["the discount of Spot"] : []),
  ];
}

function tasksOf(services: Estimate["services"], between = "–"): string {
  return services
    .map(({ tasks }) =>
      tasks.high > tasks.expected
        ? `${plain(tasks.expected)}${between}${plain(tasks.high)}`
        : plain(tasks.expected),
    )
    .join(", ");
}

function assumptions(lines: readonly CostLine[]): string[] {
  const texts = lines.flatMap(({ item, assumption }) =>
    assumption === undefined ? [] : [`assumed: ${item}, ${assumption}`],
  );
  return [...new Set(texts)];
}

function usage({ usageBased }: Estimate): string[] {
  const types = new Map<PriceId, string[]>();
  for (const { type, priceIds } of usageBased) {
    for (const id of priceIds) types.set(id, [...new Set([...(types.get(id) ?? []), type])]);
  }
  return [...types].map(([id, by]) => {
    const { item, usd: amount, unit } = priceOf(id);
    return `${item}: ${price(amount)} per ${unit} (${by.join(", ")})`;
  });
}

function source(id: PriceId): string {
  const { item, usd: amount, unit, source: page, checkedOn, note } = priceOf(id);
  return `${item}: ${price(amount)} per ${unit}, ${page}, ${checkedOn}${note === undefined ? "" : `. ${note}`}`;
}

function section(title: string, entries: readonly string[], colors: Colors): string[] {
  return entries.length === 0 ? [] : ["", colors.bold(title), ...entries.map((entry) => `  ${entry}`)];
}

function priceBasis(estimates: readonly Estimate[]): string {
  const oldest = estimates.map(({ checkedOn }) => checkedOn).sort()[0] ?? PRICE_BOOK.checkedOn;
  return `Prices are on-demand prices of ${PRICE_BOOK.region} without free tiers; the oldest was checked on ${oldest}.`;
}

function notes(costs: readonly StackCost[]): string[] {
  return costs.flatMap(({ stack, estimate: { note } }) => (note === undefined ? [] : [`${stack}: ${note}`]));
}
