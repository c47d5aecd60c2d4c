import book from "./price-book.json";

/** AWS list prices in US dollars, without free tiers. The data is in `price-book.json`. */

/** Name of a price, for example `nat-gateway`. */
export type PriceId = keyof typeof book.prices;

export interface Price {
  readonly item: string;
  readonly usd: number;
  /** `hour`, `GB-month`, `1,000 requests`, … */
  readonly unit: string;
  /** AWS's page with the price. */
  readonly source: string;
  /** Where the price was read, if not on that page. */
  readonly readIn?: string;
  /** Day on which it was read, `yyyy-mm-dd`. */
  readonly checkedOn: string;
  /** How reliable the price is, if it is not from AWS's own price list. */
  readonly note?: string;
}

const PRICES: Readonly<Record<string, Price>> = book.prices;

/** The prices, and where and when they apply. */
export const PRICE_BOOK = {
  /** Region of the prices. In other regions most are higher, in some twice as high. */
  region: book.region,
  /** Day on which the oldest price was read, `yyyy-mm-dd`. */
  checkedOn: Object.values(PRICES)
    .map(({ checkedOn }) => checkedOn)
    .reduce((oldest, day) => (day < oldest ? day : oldest)),
  prices: PRICES,
} as const;

/** Suffix of an estimate that uses another region's prices; empty if the prices apply to all of the regions. */
export function foreignPrices(regions: readonly string[]): string {
  return regions.every((region) => region === book.region) ? "" : `, with the prices of ${book.region}`;
}

/** Hours per month, as AWS counts. https://aws.amazon.com/ec2/pricing/on-demand/ */
export const MONTH_HOURS = book.monthHours;

/** Maximum discount of Fargate Spot, as a fraction. https://aws.amazon.com/fargate/pricing/ */
export const FARGATE_SPOT_DISCOUNT = book.fargateSpotDiscount;

export function isPriceId(id: string): id is PriceId {
  return Object.hasOwn(PRICES, id);
}

/** @throws Error if the price book does not have the price */
export function priceOf(id: PriceId): Price {
  const price = isPriceId(id) ? PRICES[id] : undefined;
  if (price) return price;
  throw new Error(
    `The price book has no price "${String(id)}"; add it to contract/price-book.json with its unit, source and date.`,
  );
}

/**
 * Cost of one unit in US dollars per hour.
 *
 * @throws Error if the price is per use, not per unit of time
 */
export function hourlyUsd(id: PriceId): number {
  const { usd, unit } = priceOf(id);
  if (/(^|-)hour$/.test(unit)) return usd;
  if (/(^|-)month$/.test(unit)) return usd / MONTH_HOURS;
  throw new Error(`The price "${id}" is per ${unit}, not per unit of time, so it has no hourly cost.`);
}
