import { type TerraformResource } from "../contract/terraform-json";
import type { PriceId } from "../contract/prices";
import { type Inventory } from "./resource";

/** The least, the usual and the most. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** A price and how much of it a resource takes. */
export interface Charge {
  readonly priceId: PriceId;
  /** Units of the price; of a price of use, units an hour. */
  readonly quantity: number | Range;
  /** Share of the price that is paid in the low figure, 0 to 1. @default 1 */
  readonly lowShare?: number;
  readonly assumption?: string;
}

/** What a resource costs. One that has none of the three is free. */
export interface Assessment {
  readonly charges?: readonly Charge[];
  /** Prices of its use, of which nothing is known before it is used. */
  readonly usage?: readonly PriceId[];
  /** Why a part of it cannot be priced. */
  readonly unpriced?: readonly string[];
  /** Tasks of a service; low is the average of a week, with scheduled scaling. */
  readonly tasks?: Range;
}

/** How a type of resource is priced. `tasks` is the number to expect of a service instead of its smallest. */
export type Rule = (resource: TerraformResource, inventory: Inventory, tasks?: number) => Assessment;
