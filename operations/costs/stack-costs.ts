import { type TerraformJson, regionOf, resourcesOf } from "../../contract/terraform-json";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PRICE_BOOK } from "../../contract/prices";
import { estimate, monthly, type Estimate } from "../../pricing/estimate";

/** A stack and its cost. */
export interface StackCost {
  /** Name in cdktf, such as `automock-staging`. */
  readonly stack: string;
  readonly region?: string;
  /** Time to live of an ephemeral environment. */
  readonly ttlHours?: number;
  readonly estimate: Estimate;
}

/** The cost of a synthesized stack; `folder` holds its `cdk.tf.json`. */
export function readStackCost(stack: string, folder: string, ttlHours?: number): StackCost {
  const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as TerraformJson;
  const region = regionOf(json);
  return { stack, region, ttlHours, estimate: estimate(resourcesOf(json), { region }) };
}

/** The document of `automock cost --json`. */
export function costsAsJson(costs: readonly StackCost[]): object {
  const { region, checkedOn } = PRICE_BOOK;
  return { prices: { region, checkedOn }, stacks: costs.map(costAsJson) };
}

/** One stack of that document. */
export function costAsJson({ stack, region, ttlHours, estimate }: StackCost): object {
  const { usdHourly, ...rest } = estimate;
  return {
    stack,
    region,
    usdHourly,
    usdMonthly: {
      low: monthly(usdHourly.low),
      expected: monthly(usdHourly.expected),
      high: monthly(usdHourly.high),
    },
    ...(ttlHours !== undefined && {
      ttlHours,
      usdPerTtl: {
        low: usdHourly.low * ttlHours,
        expected: usdHourly.expected * ttlHours,
        high: usdHourly.high * ttlHours,
      },
    }),
    ...rest,
  };
}
