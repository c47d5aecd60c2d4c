import type { JsonObject } from "../contract/json";
import { type TerraformResource, blocks } from "../contract/terraform-json";
import { FARGATE_SPOT_DISCOUNT, type PriceId } from "../contract/prices";
import type { Charge, Range, Rule } from "./charge";
import { list, number, referencesIn, text, type Inventory } from "./resource";
import { weekOf } from "./week";

/** Storage included with each task. https://aws.amazon.com/fargate/pricing/ */
const INCLUDED_STORAGE_GIB = 20;

/** The tasks of a service: the number that scaling may run, in the size of the task definition. */
export const service: Rule = (resource, inventory, tasks) => {
  const { values } = resource;
  if (!isFargate(values)) return { unpriced: ["its tasks run on instances, which are priced separately"] };
  const task =
    inventory.meant(values.task_definition, "aws_ecs_task_definition", [
      "arn",
      "arn_without_revision",
      "family",
    ]) ?? byFamily(values.task_definition, inventory);
  if (!task) return { unpriced: ["its task definition is not in the stack"] };
  const platform = blocks(task.values.runtime_platform)[0] ?? {};
  const [cpu, memory] = [number(task.values.cpu), number(task.values.memory)];
  if (cpu === undefined || memory === undefined) return { unpriced: ["the size of its tasks is not known"] };

  const count = taskCount(resource, inventory, tasks);
  const terms = termsOf(values, count.expected);
  const machine = text(platform.operating_system_family)?.startsWith("WINDOWS")
    ? "windows"
    : platform.cpu_architecture === "ARM64"
      ? "arm64"
      : "x86";
  const each = (priceId: PriceId, units: number): Charge => ({
    priceId,
    quantity: times(count, units),
    ...terms,
  });
  const storage = number(blocks(task.values.ephemeral_storage)[0]?.size_in_gib) ?? 0;
  const polls = pollsPerHour(task.values);
  return {
    tasks: count,
    charges: [
      each(`fargate-${machine}-vcpu`, cpu / 1024),
      each(`fargate-${machine}-memory`, memory / 1024),
      ...(machine === "windows" ? [each("fargate-windows-license", cpu / 1024)] : []),
      ...(storage > INCLUDED_STORAGE_GIB
        ? [
            {
              priceId: "fargate-ephemeral-storage",
              quantity: times(count, storage - INCLUDED_STORAGE_GIB),
            } as const,
          ]
        : []),
      ...(blocks(values.network_configuration)[0]?.assign_public_ip === true
        ? [{ priceId: "public-ipv4", quantity: count } as const]
        : []),
      ...(polls > 0
        ? [
            {
              priceId: "s3-get",
              quantity: times(count, polls / 1000),
              assumption: `each task checks for new expectations every ${3600 / polls} seconds`,
            } as const,
          ]
        : []),
    ],
  };
};

function isFargate(values: JsonObject): boolean {
  const providers = blocks(values.capacity_provider_strategy).map(
    ({ capacity_provider }) => capacity_provider,
  );
  return providers.length > 0
    ? providers.every((provider) => provider === "FARGATE" || provider === "FARGATE_SPOT")
    : values.launch_type === "FARGATE";
}

/** A service may name its task definition as `family:revision`, alone or at the end of an ARN. */
function byFamily(value: unknown, inventory: Inventory): TerraformResource | undefined {
  const family = /([^:/]+):\d+$/.exec(text(value) ?? "")?.[1];
  return inventory.ofType("aws_ecs_task_definition").find(({ values }) => values.family === family);
}

/** Low follows the schedule, expected only where it adds tasks; high is the maximum of scaling. */
function taskCount(resource: TerraformResource, inventory: Inventory, tasks: number | undefined): Range {
  const target = targetOf(resource, inventory);
  const least = number(target?.values.min_capacity) ?? number(resource.values.desired_count) ?? 1;
  const most = number(target?.values.max_capacity) ?? least;
  const actions = target ? scheduledFor(target, inventory) : [];
  const scheduled = weekOf(actions, least);
  const expected = tasks ?? Math.max(least, scheduled);
  return { low: Math.min(scheduled, expected), expected, high: Math.max(most, expected) };
}

function targetOf(
  { address, values }: TerraformResource,
  inventory: Inventory,
): TerraformResource | undefined {
  const targets = inventory
    .ofType("aws_appautoscaling_target")
    .filter(({ values }) => values.service_namespace === "ecs");
  const named = targets.filter(({ values: target }) => {
    const referred = referencesIn(target.resource_id);
    if (referred.length > 0) return referred.includes(address);
    return text(target.resource_id)?.endsWith(`/${text(values.name)}`) ?? false;
  });
  if (named.length > 0) return named[0];
  const alone = inventory.ofType("aws_ecs_service").length === 1 && targets.length === 1;
  return alone && targets[0]!.values.resource_id === undefined ? targets[0] : undefined;
}

function scheduledFor(target: TerraformResource, inventory: Inventory): JsonObject[] {
  return inventory
    .ofType("aws_appautoscaling_scheduled_action")
    .filter(
      ({ values }) => inventory.meant(values.resource_id, target.type, ["resource_id", "id"]) === target,
    )
    .map(({ values }) => values);
}

/** Tasks beyond the base follow the weights. Spot is up to 70 % cheaper; expected and high ignore that. */
function termsOf(values: JsonObject, tasks: number): Pick<Charge, "lowShare" | "assumption"> {
  const strategy = blocks(values.capacity_provider_strategy);
  const isSpot = ({ capacity_provider }: JsonObject) => capacity_provider === "FARGATE_SPOT";
  if (!strategy.some(isSpot) || tasks === 0) return {};
  const total = (items: readonly JsonObject[], key: string) =>
    items.reduce((sum, item) => sum + (number(item[key]) ?? 0), 0);
  const base = Math.min(total(strategy, "base"), tasks);
  const spotBase = Math.min(total(strategy.filter(isSpot), "base"), tasks);
  const weights = total(strategy, "weight");
  const spotWeight = weights > 0 ? total(strategy.filter(isSpot), "weight") / weights : 0;
  const spot = (spotBase + (tasks - base) * spotWeight) / tasks;
  return {
    lowShare: 1 - spot * FARGATE_SPOT_DISCOUNT,
    assumption: `without the Spot discount of up to ${FARGATE_SPOT_DISCOUNT * 100} %`,
  };
}

/** How often the sync container checks S3 for new expectations; 0 for tasks without one. */
function pollsPerHour({ container_definitions: definitions }: JsonObject): number {
  let containers: unknown;
  try {
    containers = JSON.parse(text(definitions) ?? "[]");
  } catch {
    return 0;
  }
  const seconds = blocks(containers)
    .flatMap(({ environment }) => blocks(list(environment)))
    .find(({ name }) => name === "EXPECTATIONS_POLL_SECONDS")?.value;
  const every = number(seconds) ?? 0;
  return every > 0 ? 3600 / every : 0;
}

function times(range: Range, factor: number): Range {
  return { low: range.low * factor, expected: range.expected * factor, high: range.high * factor };
}
