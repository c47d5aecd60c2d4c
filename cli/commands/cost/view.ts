import { PRICE_BOOK, priceOf, type PriceId } from "../../../contract/prices";
import { formatTable, type Colors } from "../../output";
import { counted } from "../../../contract/text";
import { monthly, sum, type CostLine, type Estimate } from "../../../pricing/estimate";
import { atLeast, plain, price, usd } from "../../../contract/dollars";
import type { StackCost } from "../../../operations/costs/stack-costs";

/** More resources of a type than this, at the same price, share a row. */
const MOST_ROWS_OF_A_KIND = 3;

/** All stacks in one table, with what is not in it. */
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
  const head = ["STACK", "TASKS", "AN HOUR", "TIME TO LIVE", "A MONTH", "AN HOUR AT MOST", "NOT PRICED"];
  return [
    formatTable(head, [...rows, ...(costs.length > 1 ? [totals] : [])], { colors, right: [2, 3, 4, 5, 6] }),
    "",
    `With the smallest number of tasks; at most with the largest. ${priceBasis(costs.map((cost) => cost.estimate))}`,
    "What comes with use is not in it: automock cost STACK names it, and the lines.",
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
      ["RESOURCE", "ITEM", "QUANTITY", "AN HOUR", "A MONTH", "PRICE OF"],
      rowsOf(lines).map((row) => [...row]),
      { colors, right: [2, 3, 4] },
    ),
    "",
    `${atLeast(usd(usdHourly.expected, 4), estimate.atLeast)} an hour, ` +
      `${atLeast(usd(monthly(usdHourly.expected)), estimate.atLeast)} a month` +
      (ttlHours === undefined
        ? ""
        : `, ${atLeast(usd(usdHourly.expected * ttlHours), estimate.atLeast)} for its time to live of ${counted(ttlHours, "hour")}`),
    ...bounds(estimate),
    ...assumptions(lines),
    ...section("By use, not in the figures", usage(estimate), colors),
    ...section(
      "Not priced, and not in the figures",
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
    .flatMap((group) => (group.length > MOST_ROWS_OF_A_KIND ? [merged(group)] : group))
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

/** What a unit of a price counts: GB of a GB-month, and requests by the hour. */
function measure(unit: string): string {
  return /-(hour|month)$/.test(unit) ? unit.replace(/-(hour|month)$/, "") : `× ${unit} an hour`;
}

/** What the figure can be: less by Spot and schedules, more by load. */
function bounds(estimate: Estimate): string[] {
  const { usdHourly, services } = estimate;
  const lines: string[] = [];
  if (usdHourly.low < usdHourly.expected) {
    lines.push(`at least ${usd(monthly(usdHourly.low))} a month, by ${savings(estimate).join(" and ")}`);
  }
  if (usdHourly.high > usdHourly.expected) {
    const more = services.reduce((count, { tasks }) => count + tasks.high - tasks.expected, 0);
    const spike = usdHourly.high - usdHourly.expected;
    lines.push(
      `a load spike from ${tasksOf(services, " to ")} tasks: ${usd(usdHourly.high, 4)} an hour, ${usd(spike, 4)} more` +
        `; each further task ${usd(spike / more, 4)}`,
    );
  }
  return lines;
}

/** What makes the low figure low. */
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
  const said = lines.flatMap(({ item, assumption }) =>
    assumption === undefined ? [] : [`assumed: ${item}, ${assumption}`],
  );
  return [...new Set(said)];
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
  return `Prices of ${PRICE_BOOK.region}, on demand, without free tiers, the oldest read on ${oldest}.`;
}

function notes(costs: readonly StackCost[]): string[] {
  return costs.flatMap(({ stack, estimate: { note } }) => (note === undefined ? [] : [`${stack}: ${note}`]));
}
