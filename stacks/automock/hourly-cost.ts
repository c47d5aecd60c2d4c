import { type TerraformJson, resourcesOf } from "../../contract/terraform-json";
import { isObject } from "../../contract/json";
import { estimate } from "../../pricing/estimate";

const LOCAL = "hourly_cost_usd";
const UNPRICED = "hourly_cost_unpriced";

/** Expression for the stack's cost in US dollars per hour. Requires {@link withHourlyCost}. */
export const HOURLY_COST_USD = `\${local.${LOCAL}}`;

/** Number of the stack's resources without a price, which are not in that figure. */
export const HOURLY_COST_UNPRICED = `\${local.${UNPRICED}}`;

/**
 * Adds the local values behind `HOURLY_COST_USD` and `HOURLY_COST_UNPRICED` to a synthesized stack: the result of
 * `automock cost` for the minimum number of tasks. The JSON is the first place where every resource is known.
 */
export function withHourlyCost(stack: TerraformJson & { readonly locals?: unknown }): object {
  const { usdHourly, notPriced } = estimate(resourcesOf(stack));
  const locals = isObject(stack.locals) ? stack.locals : {};
  // Rounded to nine decimals, to drop floating-point noise without changing a month's total.
  const costs = { [LOCAL]: Number(usdHourly.expected.toFixed(9)), [UNPRICED]: notPriced.length };
  return { ...stack, locals: { ...locals, ...costs } };
}
