import { type TerraformJson, resourcesOf } from "../../contract/terraform-json";
import { isObject } from "../../contract/json";
import { estimate } from "../../pricing/estimate";

const LOCAL = "hourly_cost_usd";

/** The stack's cost in US dollars per hour, as an expression; the stack must be completed by {@link withHourlyCost}. */
export const HOURLY_COST_USD = `\${local.${LOCAL}}`;

/**
 * A synthesized stack with the local value behind `HOURLY_COST_USD`: what `automock cost` says of the same stack, at
 * its smallest number of tasks. It is added to the JSON because nothing sooner knows every resource.
 */
export function withHourlyCost(stack: TerraformJson & { readonly locals?: unknown }): object {
  const { expected } = estimate(resourcesOf(stack)).usdHourly;
  const locals = isObject(stack.locals) ? stack.locals : {};
  // To a billionth: sums of binary fractions have digits that mean nothing, and a month must not show it.
  return { ...stack, locals: { ...locals, [LOCAL]: Number(expected.toFixed(9)) } };
}
