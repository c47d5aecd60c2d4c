import book from "./price-book.json";

/**
 * Prices of AWS in US dollars: on demand, without free tiers, each with its page and the day it was read. The data
 * is `price-book.json`; a further price is a further entry there.
 */

/** Name of a price, for example `nat-gateway`. */
export type PriceId = keyof typeof book.prices;

export interface Price {
  readonly item: string;
  readonly usd: number;
  /** What the price is for: `hour`, `GB-month`, `1,000 requests`, … */
  readonly unit: string;
  /** Page of AWS that says the price. */
  readonly source: string;
  /** Where it was read, when not on that page. */
  readonly readIn?: string;
  /** Day on which it was read, `yyyy-mm-dd`. */
  readonly checkedOn: string;
  /** How sure it is, when it is not from AWS's own price list. */
  readonly note?: string;
}

const PRICES: Readonly<Record<string, Price>> = book.prices;

/** What the prices hold for. */
export const PRICE_BOOK = {
  /** The prices are those of this region; elsewhere most are higher, in some regions twice as high. */
  region: book.region,
  /** Day of the oldest price in it, `yyyy-mm-dd`. */
  checkedOn: Object.values(PRICES)
    .map(({ checkedOn }) => checkedOn)
    .reduce((oldest, day) => (day < oldest ? day : oldest)),
  /** All prices by their name. */
  prices: PRICES,
} as const;

/** Said behind an estimate for one of the regions: which region's prices it has, or nothing where they hold. */
export function foreignPrices(regions: readonly string[]): string {
  return regions.every((region) => region === book.region) ? "" : `, with the prices of ${book.region}`;
}

/** Hours that AWS counts for a month. https://aws.amazon.com/ec2/pricing/on-demand/ */
export const MONTH_HOURS = book.monthHours;

/** Share by which Fargate Spot can be cheaper, at most. https://aws.amazon.com/fargate/pricing/ */
export const FARGATE_SPOT_DISCOUNT = book.fargateSpotDiscount;

/** Whether the book has a price of that name. */
export function isPriceId(id: string): id is PriceId {
  return Object.hasOwn(PRICES, id);
}

/** The price of a name. Throws when the book has none. */
export function priceOf(id: PriceId): Price {
  const price = isPriceId(id) ? PRICES[id] : undefined;
  if (price) return price;
  throw new Error(
    `The price book has no price "${String(id)}"; add it to contract/price-book.json, with unit, source and date.`,
  );
}

/** US dollars an hour that one unit of a price costs. Throws when it is a price of use, not of time. */
export function hourlyUsd(id: PriceId): number {
  const { usd, unit } = priceOf(id);
  if (/(^|-)hour$/.test(unit)) return usd;
  if (/(^|-)month$/.test(unit)) return usd / MONTH_HOURS;
  throw new Error(`The price "${id}" is for ${unit}, not for time: it has no hourly cost.`);
}
