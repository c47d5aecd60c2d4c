import { type TerraformResource } from "../contract/terraform-json";
import { hourlyUsd, MONTH_HOURS, PRICE_BOOK, priceOf, type PriceId } from "../contract/prices";
import { assess } from "./assess";
import type { Charge, Range } from "./charge";
import { Inventory } from "./resource";

/** One price that a resource costs by standing there. */
export interface CostLine {
  readonly address: string;
  readonly type: string;
  readonly item: string;
  readonly priceId: PriceId;
  /** In `unit`; for a price of use, such as requests, in units an hour. */
  readonly quantity: Range;
  readonly unit: string;
  readonly usdHourly: Range;
  /** Page that says the price, and the day it was read. */
  readonly source: string;
  readonly checkedOn: string;
  /** What had to be assumed. */
  readonly assumption?: string;
}

/** A resource, or a part of one, that costs by use: how much is not in the totals. */
export interface UsageBased {
  readonly address: string;
  readonly type: string;
  readonly priceIds: readonly PriceId[];
}

/** A resource, or a part of one, of which the calculator knows no price. */
export interface NotPriced {
  readonly address: string;
  readonly type: string;
  readonly reason: string;
}

/** How many tasks of a service the figures are made for. */
export interface ServiceTasks {
  readonly address: string;
  /** Low is the average of a week, with scheduled scaling. */
  readonly tasks: Range;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** Low is the smallest number of tasks on the cheapest Spot, expected the smallest number, high the largest. */
  readonly usdHourly: Range;
  /** Whether something has no price, so that it costs at least the sum. */
  readonly atLeast: boolean;
  readonly services: readonly ServiceTasks[];
  readonly usageBased: readonly UsageBased[];
  /** Types that cost nothing, with the number of resources. */
  readonly free: readonly { readonly type: string; readonly count: number }[];
  /** Empty when everything is in `lines`, `usageBased` or `free`. */
  readonly notPriced: readonly NotPriced[];
  /** Region of the prices. */
  readonly priceRegion: string;
  /** Day of the oldest price that was used, `yyyy-mm-dd`; of the whole book when none was. */
  readonly checkedOn: string;
  /** Said when the stack is in another region than the prices. */
  readonly note?: string;
}

export interface EstimateOptions {
  /** Region of the stack. @default that of the prices */
  readonly region?: string;
  /** Tasks of each service in the expected figures. @default the smallest number */
  readonly tasks?: number;
}

/**
 * What resources cost, in US dollars an hour, as the price book has it: on demand, without free tiers. Every resource
 * ends up in `lines`, `usageBased`, `free` or `notPriced`.
 */
export function estimate(resources: readonly TerraformResource[], options: EstimateOptions = {}): Estimate {
  const { region } = options;
  const inventory = new Inventory(resources);
  const lines: CostLine[] = [];
  const services: ServiceTasks[] = [];
  const usageBased: UsageBased[] = [];
  const notPriced: NotPriced[] = [];
  const free = new Map<string, number>();
  for (const resource of resources) {
    const { address, type } = resource;
    const assessment = assess(resource, inventory, options.tasks);
    const { charges = [], usage = [], unpriced = [] } = assessment;
    lines.push(...charges.map((charge) => lineOf(resource, charge)));
    if (assessment.tasks) services.push({ address, tasks: assessment.tasks });
    if (usage.length > 0) usageBased.push({ address, type, priceIds: usage });
    notPriced.push(...unpriced.map((reason) => ({ address, type, reason })));
    if (charges.length + usage.length + unpriced.length === 0) free.set(type, (free.get(type) ?? 0) + 1);
  }
  const days = lines.map(({ checkedOn }) => checkedOn).sort();
  return {
    lines,
    usdHourly: sum(lines.map((line) => line.usdHourly)),
    atLeast: notPriced.length > 0,
    services,
    usageBased,
    free: [...free].map(([type, count]) => ({ type, count })).sort((a, b) => (a.type < b.type ? -1 : 1)),
    notPriced,
    priceRegion: PRICE_BOOK.region,
    checkedOn: days[0] ?? PRICE_BOOK.checkedOn,
    ...(region !== undefined && region !== PRICE_BOOK.region && { note: noteOn(region) }),
  };
}

function lineOf({ address, type }: TerraformResource, charge: Charge): CostLine {
  const { priceId, lowShare = 1, assumption } = charge;
  const { item, unit, source, checkedOn, usd } = priceOf(priceId);
  const quantity = rangeOf(charge.quantity);
  const each = isPriceOfTime(unit) ? hourlyUsd(priceId) : usd;
  return {
    address,
    type,
    item,
    priceId,
    quantity,
    unit,
    usdHourly: {
      low: quantity.low * each * lowShare,
      expected: quantity.expected * each,
      high: quantity.high * each,
    },
    source,
    checkedOn,
    ...(assumption !== undefined && { assumption }),
  };
}

function isPriceOfTime(unit: string): boolean {
  return /(hour|month)$/.test(unit);
}

function rangeOf(value: number | Range): Range {
  return typeof value === "number" ? { low: value, expected: value, high: value } : value;
}

/** Sums each bound for itself. */
export function sum(ranges: readonly Range[]): Range {
  return ranges.reduce(
    (total, range) => ({
      low: total.low + range.low,
      expected: total.expected + range.expected,
      high: total.high + range.high,
    }),
    { low: 0, expected: 0, high: 0 },
  );
}

/** A month of it. */
export function monthly(usdHourly: number): number {
  return usdHourly * MONTH_HOURS;
}

/** Some regions are twice as dear: https://cloudpipelines.pages.dev/guides/aws-nat-gateway-pricing-2026/ */
function noteOn(region: string): string {
  return `The prices are those of ${PRICE_BOOK.region}; the stack is in ${region}, where most are higher, in some regions twice as high.`;
}
