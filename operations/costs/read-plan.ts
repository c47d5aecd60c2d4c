import type { JsonObject } from "../../contract/json";
import { type TerraformResource } from "../../contract/terraform-json";
import {
  splitAddress,
  type StateModule,
  type StateResource,
  type TerraformPlan,
} from "../terraform/plan-json";

/**
 * The resources after the plan. Terraform omits values that are unknown before the apply, such as the subnets of a new
 * load balancer; those arguments get the configuration's expressions instead.
 */
export function fromPlannedValues(plan: TerraformPlan): TerraformResource[] {
  const configured = new Map(
    (plan.configuration?.root_module?.resources ?? []).map(({ address, expressions }) => [
      address,
      expressions ?? {},
    ]),
  );
  return managed(plan.planned_values?.root_module).map(({ address, type, values }) => ({
    address,
    type,
    values: { ...expressionsOf(configured.get(splitAddress(address).resource) ?? {}), ...known(values) },
  }));
}

/** The resources before the plan. */
export function fromPriorState(plan: TerraformPlan): TerraformResource[] {
  return managed(plan.prior_state?.values?.root_module).map(({ address, type, values }) => ({
    address,
    type,
    values: values ?? {},
  }));
}

/** Region of the plan's own provider; `undefined` if the configuration computes it. */
export function regionOfPlan({ configuration }: TerraformPlan): string | undefined {
  const region = configuration?.provider_config?.aws?.expressions?.region as
    { readonly constant_value?: unknown } | undefined;
  return typeof region?.constant_value === "string" ? region.constant_value : undefined;
}

function managed(module: StateModule | undefined): StateResource[] {
  if (!module) return [];
  return [
    ...(module.resources ?? []).filter(({ mode }) => mode !== "data"),
    ...(module.child_modules ?? []).flatMap(managed),
  ];
}

function known(values: JsonObject = {}): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Arguments that refer to resources, in cdktf's notation: `${aws_subnet.a}`. */
function expressionsOf(expressions: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(expressions).flatMap(([argument, expression]) => {
      const { references } = (expression ?? {}) as { readonly references?: readonly string[] };
      const addresses = (references ?? []).filter((reference) => /^aws_\w+\.[\w-]+$/.test(reference));
      return addresses.length > 0 ? [[argument, addresses.map((address) => `\${${address}}`)]] : [];
    }),
  );
}
