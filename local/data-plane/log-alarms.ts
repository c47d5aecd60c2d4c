import {
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
  type CloudWatchClient,
  type Metric,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";

/**
 * Sets the alarms that count lines of a log, as CloudWatch would by metric filter and metric. Of filter patterns it
 * knows those made of terms in quotes, of alarms those that one line is enough for.
 */
export class LogAlarms {
  /** Of each alarm in ALARM, when it is to be OK again. */
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly logs: Pick<CloudWatchLogsClient, "send">,
    private readonly cloudWatch: Pick<CloudWatchClient, "send">,
  ) {}

  /** Looks at new lines of a log group. */
  async see(logGroupName: string, lines: readonly string[]): Promise<void> {
    const { metricFilters = [] } = await this.logs.send(new DescribeMetricFiltersCommand({ logGroupName }));
    for (const { filterPattern = "", metricTransformations = [] } of metricFilters) {
      const line = lines.find((one) => matches(filterPattern, one));
      if (line === undefined) continue;
      for (const { metricName, metricNamespace } of metricTransformations) {
        // Alarms with metric math too, which DescribeAlarmsForMetric of moto does not find.
        const { MetricAlarms = [] } = await this.cloudWatch.send(new DescribeAlarmsCommand({}));
        const watching = MetricAlarms.filter((alarm) =>
          metricsOf(alarm).some(
            ({ Namespace, MetricName }) => Namespace === metricNamespace && MetricName === metricName,
          ),
        );
        for (const alarm of watching) await this.breach(alarm, line);
      }
    }
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async breach(alarm: MetricAlarm, line: string): Promise<void> {
    const { AlarmName, Threshold, EvaluationPeriods = 1, Metrics = [] } = alarm;
    const period = alarm.Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60;
    if (Threshold === undefined || Threshold > 1) return;
    const set = (StateValue: "ALARM" | "OK", StateReason: string) =>
      this.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
    await set("ALARM", `Threshold Crossed: 1 datapoint (${line.trim()})`);
    clearTimeout(this.timers.get(AlarmName!));
    const milliseconds = period * EvaluationPeriods * 1000;
    const timer = setTimeout(() => {
      this.timers.delete(AlarmName!);
      // The alarm may have been deleted meanwhile.
      set("OK", "Threshold Crossed: no datapoints were received").catch(() => undefined);
    }, milliseconds);
    this.timers.set(AlarmName!, timer.unref());
  }
}

/** What an alarm looks at, by itself or by metric math. */
function metricsOf({ Namespace, MetricName, Metrics = [] }: MetricAlarm): readonly Metric[] {
  return [{ Namespace, MetricName }, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
}

/** Whether a filter pattern such as `"refused" "version"` finds a line: every term is in it. */
export function matches(pattern: string, line: string): boolean {
  const terms = [...pattern.matchAll(/"([^"]*)"/g)].map(([, term]) => term!);
  const isOfTerms = pattern.replace(/"[^"]*"/g, "").trim() === "";
  return isOfTerms && terms.length > 0 && terms.every((term) => line.includes(term));
}
