import { alarm, block, container, prod, staging } from "../../support/task-api-stacks";
import type { Resource, Template } from "../../support/template";

/** Values of each setting in prod and staging; docs/task-api.md explains them. */
describe.each([
  ["initial tasks", 3, 1, (t: Template) => t.sole("aws_ecs_service").desired_count],
  ["minimum tasks", 3, 1, (t: Template) => t.sole("aws_appautoscaling_target").min_capacity],
  ["maximum tasks", 10, 3, (t: Template) => t.sole("aws_appautoscaling_target").max_capacity],
  ["CPU units", "256", "256", (t: Template) => t.sole("aws_ecs_task_definition").cpu],
  ["memory in MiB", "512", "512", (t: Template) => t.sole("aws_ecs_task_definition").memory],
  ["port", 8080, 8080, (t: Template) => t.sole("aws_lb_target_group").port],
  [
    "health check",
    "/health",
    "/health",
    (t: Template) => block(t.sole("aws_lb_target_group").health_check).path,
  ],
  [
    "health check every s",
    30,
    30,
    (t: Template) => block(t.sole("aws_lb_target_group").health_check).interval,
  ],
  ["CPU that adds tasks", 70, 80, (t: Template) => alarm(t, "scale-cpu-out").threshold],
  ["memory that adds tasks", 80, 85, (t: Template) => alarm(t, "scale-memory-out").threshold],
  [
    "cooldown before tasks go, s",
    300,
    300,
    (t: Template) =>
      block(
        t.all("aws_appautoscaling_policy").find(({ name }) => String(name).endsWith("-in"))!
          .step_scaling_policy_configuration,
      ).cooldown,
  ],
  ["PostgreSQL", "15", "15", (t: Template) => t.sole("aws_db_instance").engine_version],
  ["instance class", "db.t3.small", "db.t3.micro", (t: Template) => t.sole("aws_db_instance").instance_class],
  ["storage in GiB", 100, 20, (t: Template) => t.sole("aws_db_instance").allocated_storage],
  ["storage grows to GiB", 500, 50, (t: Template) => t.sole("aws_db_instance").max_allocated_storage],
  ["storage type", "gp3", "gp3", (t: Template) => t.sole("aws_db_instance").storage_type],
  ["encrypted", true, true, (t: Template) => t.sole("aws_db_instance").storage_encrypted],
  ["Multi-AZ", true, false, (t: Template) => t.sole("aws_db_instance").multi_az],
  ["backups for days", 30, 7, (t: Template) => t.sole("aws_db_instance").backup_retention_period],
  [
    "backups at (UTC)",
    "03:00-04:00",
    "03:00-04:00",
    (t: Template) => t.sole("aws_db_instance").backup_window,
  ],
  [
    "copies of the backups",
    1,
    0,
    (t: Template) => t.all("aws_db_instance_automated_backups_replication").length,
  ],
  ["enhanced monitoring, s", 60, 60, (t: Template) => t.sole("aws_db_instance").monitoring_interval],
  ["deletion protection", true, false, (t: Template) => t.sole("aws_db_instance").deletion_protection],
  ["database", "taskdb", "taskdb", (t: Template) => t.sole("aws_db_instance").db_name],
  ["master user", "taskadmin", "taskadmin", (t: Template) => t.sole("aws_db_instance").username],
  ["latency alarm above s", 1, 1, (t: Template) => alarm(t, "-latency").threshold],
  ["unhealthy hosts from", 1, 1, (t: Template) => alarm(t, "-unhealthy-hosts").threshold],
  ["4xx above", 50, 50, (t: Template) => alarm(t, "-client-errors").threshold],
  ["4xx in s", 300, 300, (t: Template) => alarm(t, "-client-errors").metric_query[1].metric.period],
  ["5xx above", 5, 5, (t: Template) => alarm(t, "-server-errors").threshold],
  ["CPU alarm above", 70, 80, (t: Template) => alarm(t, "-service-cpu").threshold],
  ["memory alarm above", 80, 85, (t: Template) => alarm(t, "-service-memory").threshold],
  [
    "container log for days",
    30,
    30,
    (t: Template) =>
      t.all("aws_cloudwatch_log_group").find(({ name }) => String(name).endsWith("/task-api"))!
        .retention_in_days,
  ],
  ["zones", 2, 2, (t: Template) => t.all("aws_db_subnet_group")[0]!.subnet_ids.length],
  ["NAT gateways", 2, 1, (t: Template) => t.all("aws_nat_gateway").length],
  ["network", "10.100.0.0/16", "10.101.0.0/16", (t: Template) => t.sole("aws_vpc").cidr_block],
  [
    "connections of a task",
    "8",
    "8",
    (t: Template) =>
      container(t).environment.find(({ name }: Resource) => name === "DB_MAX_OPEN_CONNS").value,
  ],
] as const)("%s", (_, inProd, inStaging, read) => {
  it(`${String(inProd)} in prod, ${String(inStaging)} in staging`, () =>
    expect([read(prod), read(staging)]).toEqual([inProd, inStaging]));
});
