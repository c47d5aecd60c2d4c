import type { Resource, Template } from "./template";

/** What CloudWatch shows for one minute; `requests` per target, absent without traffic. */
export interface Load {
  readonly cpu: number;
  readonly memory: number;
  readonly requests?: number;
}

export interface Minute extends Load {
  readonly tasks: number;
}

interface Rule {
  readonly value: (load: Load) => number | undefined;
  readonly below: boolean;
  readonly threshold: number;
  readonly datapoints: number;
  /** Data points of which so many must breach. */
  readonly of: number;
  readonly cooldownMinutes: number;
  readonly change: (value: number) => number | undefined;
}

/**
 * Runs the synthesized alarms and policies minute by minute, the way Application Auto Scaling does:
 * an alarm needs so many of its last data points, the largest wanted number wins, and a direction rests during its
 * cooldown. Reads only Terraform's JSON, so that what is tested is what would be deployed.
 *
 * Rounding of percentages: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 *
 * @param loadOf what the tasks show in a minute, given how many they are
 */
export function simulate(
  template: Template,
  minutes: number,
  start: number,
  loadOf: (tasks: number, minute: number) => Load,
): readonly Minute[] {
  const rules = rulesOf(template);
  const { min_capacity: least, max_capacity: most } = template.sole("aws_appautoscaling_target");
  const history: Minute[] = [];
  const rests = { out: 0, in: 0 };
  let tasks = start;
  for (let minute = 0; minute < minutes; minute++) {
    history.push({ ...loadOf(tasks, minute), tasks });
    const wanted = rules.flatMap((rule) => {
      const direction = rule.below ? "in" : "out";
      const recent = history.slice(-rule.of).map(rule.value);
      if (minute < rests[direction] || recent.length < rule.datapoints) return [];
      const breached = (value: number | undefined) =>
        value !== undefined && (rule.below ? value < rule.threshold : value >= rule.threshold);
      const change =
        recent.filter(breached).length >= rule.datapoints ? rule.change(recent.at(-1)!) : undefined;
      return change === undefined ? [] : [{ rule, tasks: clamp(changed(tasks, change), least, most) }];
    });
    const winner = wanted.sort((a, b) => b.tasks - a.tasks)[0];
    if (winner === undefined || winner.tasks === tasks) continue;
    rests[winner.rule.below ? "in" : "out"] = minute + winner.rule.cooldownMinutes;
    tasks = winner.tasks;
  }
  return history;
}

/** A fraction of a task counts as one, larger fractions are cut towards zero; at least one task moves. */
function changed(tasks: number, percent: number): number {
  const change = (tasks * percent) / 100;
  return tasks + (Math.abs(change) < 1 ? Math.sign(change) : Math.trunc(change));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function rulesOf(template: Template): readonly Rule[] {
  const policies = template.byId("aws_appautoscaling_policy");
  return template.all("aws_cloudwatch_metric_alarm").map((alarm) => {
    const policyId = /^\$\{aws_appautoscaling_policy\.(.+)\.arn\}$/.exec(alarm.alarm_actions[0])![1]!;
    const policy = policies[policyId]!.step_scaling_policy_configuration;
    if (policy.adjustment_type !== "PercentChangeInCapacity" || policy.min_adjustment_magnitude !== 1)
      throw new Error(`the simulation knows no policy like ${JSON.stringify(policy)}`);
    return {
      value: valueOf(alarm),
      below: alarm.comparison_operator === "LessThanThreshold",
      threshold: alarm.threshold,
      datapoints: alarm.datapoints_to_alarm,
      of: alarm.evaluation_periods,
      cooldownMinutes: policy.cooldown / 60,
      change: (value: number) => {
        const offset = value - alarm.threshold;
        const step = policy.step_adjustment.find(
          (bounds: Resource) =>
            offset >= Number(bounds.metric_interval_lower_bound ?? -Infinity) &&
            offset < Number(bounds.metric_interval_upper_bound ?? Infinity),
        );
        return step?.scaling_adjustment as number | undefined;
      },
    };
  });
}

const METRIC_OF: Readonly<Record<string, keyof Load>> = {
  CPUUtilization: "cpu",
  MemoryUtilization: "memory",
  RequestCountPerTarget: "requests",
};

function valueOf(alarm: Resource): Rule["value"] {
  if (alarm.metric_query === undefined) return (load) => load[METRIC_OF[alarm.metric_name]!];
  const queries = alarm.metric_query as Resource[];
  const series = queries.filter((query) => query.metric !== undefined);
  const math = queries.find((query) => query.expression !== undefined)!.expression as string;
  const evaluate = new Function(
    ...["MAX", "FILL", "IF"],
    ...series.map(({ id }) => id as string),
    `return ${math.replaceAll(" AND ", " && ")}`,
  ) as (...values: unknown[]) => number | undefined;
  return (load) =>
    evaluate(
      (values: number[]) => Math.max(...values),
      (value: number | undefined, otherwise: number) => value ?? otherwise,
      (condition: boolean, yes: number) => (condition ? yes : undefined),
      // Only the blue target group has traffic.
      ...series.map(({ id, metric }) =>
        id === "requests_green" ? undefined : load[METRIC_OF[metric.metric_name]!],
      ),
    );
}
