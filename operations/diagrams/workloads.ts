import { formatDuration } from "../../contract/duration";
import type { Draft } from "./draft";
import { placesOf, type Network } from "./network";
import { block, blocks, strings, text, type Resource, type Stack } from "./stack";
import { counted } from "../../contract/text";
import { list } from "./words";

/** Workloads: load balancers, ECS services, Lambda functions, databases. */
export function drawWorkloads(stack: Stack, draft: Draft, network: Network): void {
  const containerOf = (resource: Resource) =>
    placesOf(stack, network, resource)[0]?.container ?? draft.home()!;
  for (const balancer of stack.ofType("aws_lb")) {
    drawLoadBalancer(stack, draft, balancer, containerOf(balancer));
  }
  for (const service of stack.ofType("aws_ecs_service")) {
    drawService(stack, draft, service, containerOf(service));
  }
  for (const lambda of stack.ofType("aws_lambda_function")) {
    draft.node({
      of: [lambda],
      kind: "compute",
      title: "Lambda function",
      name: text(lambda.block.function_name),
      lines: [
        text(lambda.block.description),
        list([text(lambda.block.runtime), `${text(lambda.block.memory_size) || "128"} MiB`]),
        `at most ${formatDuration(1000 * Number(lambda.block.timeout ?? 3))}`,
      ].filter(Boolean),
      container: containerOf(lambda),
    });
  }
  for (const database of stack.ofType("aws_db_instance")) {
    drawDatabase(stack, draft, database, containerOf(database));
  }
}

function drawLoadBalancer(stack: Stack, draft: Draft, balancer: Resource, container: string): void {
  const listeners = stack
    .ofType("aws_lb_listener")
    .filter(({ block }) => stack.resolve(block.load_balancer_arn) === balancer)
    .sort((a, b) => Number(b.block.port) - Number(a.block.port));
  const rules = stack
    .ofType("aws_lb_listener_rule")
    .filter(({ block }) => listeners.includes(stack.resolve(block.listener_arn)!));
  const refused = rules.filter((rule) => block(rule.block.action).type === "fixed-response").length;
  draft.node({
    of: [balancer],
    kind: "loadBalancer",
    title: "Application Load Balancer",
    name: text(balancer.block.name),
    lines: [
      balancer.block.internal === true ? "internal" : "internet-facing",
      ...listeners.map(
        (listener) => `${text(listener.block.protocol)} ${text(listener.block.port)}${redirect(listener)}`,
      ),
      rules.length === 0
        ? ""
        : list([counted(rules.length, "rule"), refused > 0 && `${refused} of them refuse`]),
    ].filter(Boolean),
    container,
  });
}

function redirect(listener: Resource): string {
  const target = block(block(listener.block.default_action).redirect);
  return target.port === undefined ? "" : ` → ${text(target.protocol)} ${text(target.port)}`;
}

function drawService(stack: Stack, draft: Draft, service: Resource, container: string): void {
  const { block: args } = service;
  const task = stack.resolve(args.task_definition);
  const scaling = stack
    .ofType("aws_appautoscaling_target")
    .find(({ block }) => stack.referredBy(block.resource_id).includes(service));
  const actions = stack
    .ofType("aws_appautoscaling_policy", "aws_appautoscaling_scheduled_action")
    .filter(({ block }) => scaling !== undefined && stack.referredBy(block.resource_id).includes(scaling));
  const id = draft.node({
    of: [service],
    kind: "compute",
    title: "ECS service on Fargate",
    name: text(args.name),
    lines: [
      tasks(args.desired_count, scaling),
      scheduled(actions, scaling),
      task === undefined ? "" : `each ${Number(task.block.cpu) / 1024} vCPU, ${text(task.block.memory)} MiB`,
      capacity(
        blocks(args.capacity_provider_strategy).map(({ capacity_provider }) => text(capacity_provider)),
      ),
      containers(blocks(task?.block.container_definitions).map(({ name }) => text(name))),
    ].filter(Boolean),
    container,
  });
  const balancers = blocks(args.load_balancer);
  const targetGroups = balancers.flatMap((balancer) => stack.referredBy(strings(balancer)));
  draft.claim([task, stack.resolve(args.cluster), scaling, ...actions], id);
  draft.claim(
    targetGroups.filter(({ type }) => type === "aws_lb_target_group"),
    id,
  );
}

function tasks(desired: Resource["block"][string] | undefined, scaling: Resource | undefined): string {
  if (scaling === undefined) return counted(Number(desired ?? 1), "task");
  return `${text(scaling.block.min_capacity)} to ${counted(Number(scaling.block.max_capacity), "task")}`;
}

/** Fewer tasks at certain hours, such as none at night. */
function scheduled(actions: readonly Resource[], scaling: Resource | undefined): string {
  const fewest = Math.min(
    ...blocks(actions.map(({ block }) => block.scalable_target_action ?? null).flat()).map(
      ({ min_capacity }) => Number(min_capacity),
    ),
  );
  return fewest < Number(scaling?.block.min_capacity) ? `down to ${fewest} by schedule` : "";
}

function containers(names: readonly string[]): string {
  return names.length === 0 ? "" : `${names.length === 1 ? "container" : "containers"} ${names.join(", ")}`;
}

function capacity(providers: readonly string[]): string {
  if (!providers.includes("FARGATE_SPOT")) return "";
  return providers.includes("FARGATE") ? "on demand, then Spot" : "Spot only";
}

const ENGINES: Readonly<Record<string, string>> = {
  postgres: "PostgreSQL",
  mysql: "MySQL",
  mariadb: "MariaDB",
};

function drawDatabase(stack: Stack, draft: Draft, database: Resource, container: string): void {
  const { block: args } = database;
  const engine = ENGINES[text(args.engine)] ?? text(args.engine);
  const grows = text(args.max_allocated_storage);
  const id = draft.node({
    of: [database],
    kind: "database",
    title: `RDS ${engine} ${text(args.engine_version)}`.trim(),
    name: text(args.identifier),
    lines: [
      text(args.instance_class),
      `${text(args.allocated_storage)} GiB ${text(args.storage_type)}${grows && `, grows to ${grows}`}`,
      args.multi_az === true ? "Multi-AZ: standby in another zone" : "single zone",
      `backups kept ${counted(Number(args.backup_retention_period ?? 0), "day")}`,
    ],
    container,
  });
  draft.claim([stack.resolve(args.db_subnet_group_name), stack.resolve(args.parameter_group_name)], id);
  if (args.manage_master_user_password === true) {
    draft.node({
      id: masterSecret(database),
      of: [],
      kind: "secret",
      title: "Secrets Manager",
      name: "master user's password",
      lines: ["made and rotated by RDS"],
      container: draft.home()!,
    });
  }
  drawBackupCopies(stack, draft, database, id);
}

/** RDS creates this secret itself, so it has no address. */
export function masterSecret(database: Resource): string {
  return `${database.address} master user secret`;
}

function drawBackupCopies(stack: Stack, draft: Draft, database: Resource, from: string): void {
  const copies = stack
    .ofType("aws_db_instance_automated_backups_replication")
    .filter(({ block }) => stack.resolve(block.source_db_instance_arn) === database);
  for (const copy of copies) {
    const region = stack.regionOf(copy) ?? "another region";
    const container = `region ${region}`;
    if (!draft.hasContainer(container)) {
      draft.container({ id: container, of: [], kind: "region", title: `AWS region ${region}`, lines: [] });
    }
    const to = draft.node({
      of: [copy],
      kind: "bucket",
      title: "RDS automated backups",
      name: `copies of ${text(database.block.identifier)}`,
      lines: [`kept ${counted(Number(copy.block.retention_period ?? 7), "day")}`],
      container,
    });
    draft.claim([stack.resolve(copy.block.kms_key_id)], to);
    draft.edge({ from, to, kind: "signal", label: "replicates" });
  }
}
