import type { JsonObject } from "../../contract/json";
import { type TerraformResource } from "../../contract/terraform-json";
import type { PriceId } from "../../contract/prices";
import { estimate, type Estimate, type EstimateOptions } from "../../pricing/estimate";

/** `aws_eip.nat` with its arguments. */
export function resource(address: string, values: JsonObject = {}): TerraformResource {
  return { address, type: address.split(".")[0]!, values };
}

/** What one resource, or some, is charged: price to expected quantity. */
export function charged(
  resources: readonly TerraformResource[],
  options?: EstimateOptions,
): Record<string, number> {
  const { lines } = estimate(resources, options);
  return Object.fromEntries(lines.map(({ priceId, quantity }) => [priceId, quantity.expected]));
}

/** Each line of a price. */
export function linesOf({ lines }: Estimate, id: PriceId): Estimate["lines"] {
  return lines.filter(({ priceId }) => priceId === id);
}

/** A Fargate service of one small x86 task. */
export function fargateService(service: JsonObject = {}, task: JsonObject = {}): TerraformResource[] {
  return [
    resource("aws_ecs_task_definition.task", { family: "task", cpu: "256", memory: "512", ...task }),
    resource("aws_ecs_service.service", {
      name: "service",
      launch_type: "FARGATE",
      desired_count: 1,
      task_definition: "${aws_ecs_task_definition.task.arn}",
      ...service,
    }),
  ];
}
