import type { Draft } from "./draft";
import { block, blocks, strings, text, type Resource, type Stack } from "./stack";
import { counted } from "../../contract/text";

const SOURCES: Readonly<Record<string, string>> = {
  "AWS/ApplicationELB": "load balancer",
  "AWS/CertificateManager": "certificate",
  "AWS/DynamoDB": "DynamoDB",
  "AWS/ECS": "ECS service",
  "AWS/Lambda": "Lambda function",
  "AWS/RDS": "database",
  "AWS/SNS": "topic",
  "AWS/SQS": "queue",
  "ECS/ContainerInsights": "ECS service",
};

/** CloudWatch: one box for all log groups, another for all alarms. */
export function drawAlarms(stack: Stack, draft: Draft): void {
  drawLogs(stack, draft);
  const alarms = stack.ofType("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm");
  if (alarms.length === 0) return;
  const bySource = new Map<string, number>();
  for (const alarm of alarms) bySource.set(sourceOf(alarm), (bySource.get(sourceOf(alarm)) ?? 0) + 1);
  const id = draft.node({
    id: "alarms",
    of: alarms,
    kind: "alarms",
    title: "CloudWatch alarms",
    name: counted(alarms.length, "alarm"),
    lines: [...bySource]
      .sort(([a, many], [b, fewer]) => fewer - many || (a < b ? -1 : 1))
      .map(([source, count]) => `${count} on ${source}`),
    container: draft.home()!,
  });
  for (const alarm of alarms) {
    for (const action of [alarm.block.alarm_actions, alarm.block.ok_actions].flatMap((a) =>
      stack.referredBy(a),
    )) {
      const to = draft.ownerOf(action);
      const scales = action.type === "aws_appautoscaling_policy";
      if (to !== undefined) {
        draft.edge({ from: id, to, kind: "signal", label: scales ? "scale" : "notify" });
      }
    }
  }
  for (const service of stack.ofType("aws_ecs_service")) {
    const watch = block(service.block.alarms);
    const to = draft.ownerOf(service);
    const names = new Set(alarms.map(({ block: args }) => text(args.alarm_name)));
    if (watch.rollback === true && to !== undefined && strings(watch).some((name) => names.has(name))) {
      draft.edge({ from: id, to, kind: "signal", label: "roll back" });
    }
  }
}

/** What the alarm watches: the first AWS namespace among its metrics. */
function sourceOf({ block: args }: Resource): string {
  const namespaces = [args, ...blocks(args.metric_query).map(({ metric }) => block(metric))]
    .map(({ namespace }) => text(namespace))
    .filter(Boolean);
  const known = namespaces.find((namespace) => namespace in SOURCES) ?? namespaces[0] ?? "other alarms";
  return SOURCES[known] ?? known;
}

function drawLogs(stack: Stack, draft: Draft): void {
  const groups = stack.ofType("aws_cloudwatch_log_group");
  if (groups.length === 0) return;
  const days = [...new Set(groups.map(({ block: args }) => Number(args.retention_in_days ?? 0)))].sort(
    (a, b) => a - b,
  );
  const to = draft.node({
    id: "log-groups",
    of: groups,
    kind: "logs",
    title: "CloudWatch log groups",
    name: counted(groups.length, "log group"),
    lines: [`kept ${days.map((n) => (n === 0 ? "forever" : counted(n, "day"))).join(" or ")}`],
    container: draft.home()!,
  });
  for (const flowLog of stack.ofType("aws_flow_log")) {
    const from = draft.ownerOf(flowLog);
    if (from !== undefined && groups.includes(stack.resolve(flowLog.block.log_destination)!)) {
      draft.edge({ from, to, kind: "signal", label: "flow logs" });
    }
  }
  for (const database of stack.ofType("aws_db_instance")) {
    const exported = strings(database.block.enabled_cloudwatch_logs_exports ?? null);
    if (exported.length > 0)
      draft.edge({ from: draft.ownerOf(database)!, to, kind: "signal", label: "logs" });
  }
}
