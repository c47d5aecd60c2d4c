import { type TerraformResource } from "../contract/terraform-json";
import { hourlyUsd, MONTH_HOURS, PRICE_BOOK, priceOf, type PriceId } from "../contract/prices";
import { assess } from "./assess";
import type { Charge, Range } from "./charge";
import { Inventory } from "./resource";

/** A fixed price of a resource. */
export interface CostLine {
  readonly address: string;
  readonly type: string;
  readonly item: string;
  readonly priceId: PriceId;
  /** In `unit`; for usage-based prices, such as requests, in units per hour. */
  readonly quantity: Range;
  readonly unit: string;
  readonly usdHourly: Range;
  /** Page with the price, and the day it was read. */
  readonly source: string;
  readonly checkedOn: string;
  /** Assumptions behind the figure. */
  readonly assumption?: string;
}

/** A resource, or part of one, with usage-based cost that is not in the totals. */
export interface UsageBased {
  readonly address: string;
  readonly type: string;
  readonly priceIds: readonly PriceId[];
}

/** A resource, or part of one, without a known price. */
export interface NotPriced {
  readonly address: string;
  readonly type: string;
  readonly reason: string;
}

/** The number of tasks of a service behind the figures. */
export interface ServiceTasks {
  readonly address: string;
  /** Low is the weekly average with scheduled scaling. */
  readonly tasks: Range;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** Low is the smallest number of tasks on the cheapest Spot, expected the smallest number, high the largest. */
  readonly usdHourly: Range;
  /** Whether something has no price, so that the sum is a minimum. */
  readonly atLeast: boolean;
  readonly services: readonly ServiceTasks[];
  readonly usageBased: readonly UsageBased[];
  /** Free types, with the number of resources. */
  readonly free: readonly { readonly type: string; readonly count: number }[];
  /** Empty if everything is in `lines`, `usageBased` or `free`. */
  readonly notPriced: readonly NotPriced[];
  /** Region of the prices. */
  readonly priceRegion: string;
  /** Day of the oldest price used, `yyyy-mm-dd`; of the whole book if none was used. */
  readonly checkedOn: string;
  /** Set if the stack is in another region than the prices. */
  readonly note?: string;
}

export interface EstimateOptions {
  /** Region of the stack. @default that of the prices */
  readonly region?: string;
  /** Tasks of each service in the expected figures. @default the smallest number */
  readonly tasks?: number;
}

/**
 * Cost of resources in US dollars per hour, from the price book: on demand, without free tiers. Every resource ends up
 * in `lines`, `usageBased`, `free` or `notPriced`.
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

/** Sums each bound separately. */
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

/** Converts to a month. */
export function monthly(usdHourly: number): number {
  return usdHourly * MONTH_HOURS;
}

/** Some regions cost twice as much: https://cloudpipelines.pages.dev/guides/aws-nat-gateway-pricing-2026/ */
function noteOn(region: string): string {
  return `The prices are those of ${PRICE_BOOK.region}; the stack is in ${region}, where most are higher, in some regions twice as high.`;
}
