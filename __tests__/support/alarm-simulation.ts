import type { Resource } from "./template";

/** Value of a metric in the period that begins at this second; `undefined`: it has no data. */
export type Series = (metricName: string, seconds: number) => number | undefined;

/** So many more periods than it needs, CloudWatch reads to fill gaps. It does not publish the number. */
const FURTHER_PERIODS = 5;

/**
 * Whether a synthesized alarm is in ALARM at a time, as CloudWatch evaluates it: if periods are missing, it takes older data
 * points as long as there are enough, and only otherwise does `treat_missing_data` count.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * @param late periods whose data has not arrived yet
 * @param before whether the alarm was in ALARM before, for alarms that ignore missing data
 */
export function isInAlarm(
  alarm: Resource,
  now: number,
  series: Series,
  { late = 0, before = false }: { readonly late?: number; readonly before?: boolean } = {},
): boolean {
  const period = (alarm.period ?? alarm.metric_query.find((q: Resource) => q.metric).metric.period) as number;
  const of = alarm.evaluation_periods as number;
  const starts = Array.from({ length: of + FURTHER_PERIODS }, (_, i) => now - (i + 1) * period);
  const values = starts.map((start, i) =>
    valueOf(alarm, start, (name, at) => (i < late ? undefined : series(name, at))),
  );
  const real = values.filter((value) => value !== undefined);
  if (real.length === 0 && alarm.treat_missing_data === "ignore") return before;
  const breaches = (value: number) => breaching(alarm, value);
  const needed = (alarm.datapoints_to_alarm ?? of) as number;
  if (real.length >= of) return real.slice(0, of).filter(breaches).length >= needed;
  const recent = values.slice(0, of);
  const isBreaching = (value: number | undefined) =>
    value === undefined ? alarm.treat_missing_data === "breaching" : breaches(value);
  return recent.filter(isBreaching).length >= needed;
}

function breaching({ comparison_operator: operator, threshold }: Resource, value: number): boolean {
  switch (operator) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "LessThanThreshold":
      return value < threshold;
    default:
      throw new Error(`the simulation does not know ${String(operator)}`);
  }
}

function valueOf(alarm: Resource, start: number, series: Series): number | undefined {
  if (alarm.metric_query === undefined) return series(alarm.metric_name as string, start);
  const queries = alarm.metric_query as Resource[];
  const metrics = queries.filter((query) => query.metric !== undefined);
  const math = queries.find((query) => query.expression !== undefined)!.expression as string;
  const evaluate = new Function(
    ...["MAX", "FILL", "EPOCH", "FLOOR", "IF"],
    ...metrics.map(({ id }) => id as string),
    `return ${math.replaceAll(" AND ", " && ")}`,
  ) as (...values: unknown[]) => number | undefined;
  const value = evaluate(
    // Where one of several series has a value, those without count as 0: "Basic arithmetic functions" in
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    (values: (number | undefined)[]) =>
      values.some(isValue) ? Math.max(...values.map((one) => (isValue(one) ? one : 0))) : undefined,
    (one: number | undefined, otherwise: number) => one ?? otherwise,
    () => start,
    Math.floor,
    (condition: boolean, yes: number, no?: number) => (condition ? yes : no),
    ...metrics.map(({ metric }) => series(metric.metric_name as string, start)),
  );
  return isValue(value) ? value : undefined;
}

function isValue(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}
