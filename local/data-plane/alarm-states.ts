import {
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
  type CloudWatchClient,
  type Metric,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";

/** Sets alarms to ALARM, and back to OK when nothing more happens for as long as they look back. */
export class AlarmStates {
  /** Of each alarm in ALARM, when it is to be OK again. */
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly cloudWatch: Pick<CloudWatchClient, "send">) {}

  /**
   * Lets the alarms go off that a value of a metric is enough for.
   *
   * @param isWatched whether a metric of an alarm is the one
   */
  async see(isWatched: (metric: Metric) => boolean, value: number, datapoint: string): Promise<void> {
    // Alarms with metric math too, which DescribeAlarmsForMetric of moto does not find.
    const { MetricAlarms = [] } = await this.cloudWatch.send(new DescribeAlarmsCommand({}));
    const breached = MetricAlarms.filter(
      (alarm) => metricsOf(alarm).some(isWatched) && isBreach(alarm, value),
    );
    for (const alarm of breached) await this.breach(alarm, datapoint);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async breach(alarm: MetricAlarm, datapoint: string): Promise<void> {
    const { AlarmName, EvaluationPeriods = 1, Metrics = [] } = alarm;
    const period = alarm.Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60;
    const set = (StateValue: "ALARM" | "OK", StateReason: string) =>
      this.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
    await set("ALARM", `Threshold Crossed: 1 datapoint (${datapoint})`);
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
function metricsOf({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): readonly Metric[] {
  return [
    { Namespace, MetricName, Dimensions },
    ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
  ];
}

function isBreach({ Threshold, ComparisonOperator }: MetricAlarm, value: number): boolean {
  if (Threshold === undefined) return false;
  return ComparisonOperator === "GreaterThanThreshold" ? value > Threshold : value >= Threshold;
}
