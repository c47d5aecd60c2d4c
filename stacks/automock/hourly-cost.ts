import { type TerraformJson, resourcesOf } from "../../contract/terraform-json";
import { isObject } from "../../contract/json";
import { estimate } from "../../pricing/estimate";

const LOCAL = "hourly_cost_usd";

/** Expression for the stack's cost in US dollars per hour. Requires {@link withHourlyCost}. */
export const HOURLY_COST_USD = `\${local.${LOCAL}}`;

/**
 * Adds the local value behind `HOURLY_COST_USD` to a synthesized stack: the result of `automock cost` for the minimum
 * number of tasks. The JSON is the first place where every resource is known.
 */
export function withHourlyCost(stack: TerraformJson & { readonly locals?: unknown }): object {
  const { expected } = estimate(resourcesOf(stack)).usdHourly;
  const locals = isObject(stack.locals) ? stack.locals : {};
  // Rounded to nine decimals, to drop floating-point noise without changing a month's total.
  return { ...stack, locals: { ...locals, [LOCAL]: Number(expected.toFixed(9)) } };
}
