import { type TerraformResource } from "../contract/terraform-json";
import type { PriceId } from "../contract/prices";
import { type Inventory } from "./resource";

/** Lower bound, expected value and upper bound. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** A price and the quantity that a resource uses. */
export interface Charge {
  readonly priceId: PriceId;
  /** Units of the price; for usage-based prices, units per hour. */
  readonly quantity: number | Range;
  /** Share of the price in the low figure, 0 to 1. @default 1 */
  readonly lowShare?: number;
  readonly assumption?: string;
}

/** The cost of a resource. One without charges, usage and unpriced parts is free. */
export interface Assessment {
  readonly charges?: readonly Charge[];
  /** Usage-based prices; the usage is unknown. */
  readonly usage?: readonly PriceId[];
  /** Why a part cannot be priced. */
  readonly unpriced?: readonly string[];
  /** Tasks of a service; low is the weekly average with scheduled scaling. */
  readonly tasks?: Range;
}

/** Prices a type of resource. `tasks` overrides the expected number of tasks of a service. */
export type Rule = (resource: TerraformResource, inventory: Inventory, tasks?: number) => Assessment;
