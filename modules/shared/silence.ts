import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";

/**
 * A metric with a value for its gaps: 0 if silence means that nothing happened, a value that breaches if silence is the
 * fault.
 *
 * If periods are missing, CloudWatch looks further back for as many data points as it needs, whatever
 * `treat_missing_data` is: two breaches half an hour apart look like two in a row, and a metric that stopped looks
 * healthy for several more periods.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function filled(id: string, value = 0): string {
  return `FILL(${id}, ${value})`;
}

/** Periods that CloudWatch may evaluate before their data has arrived. */
const LATE_SECONDS = 120;

/**
 * The datapoints of an alarm on a filled metric. A period whose data is late is filled too, so an alarm that needed every
 * period would never start: it looks at so many more periods as may be late.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL, in alarms)
 */
export function filledDatapoints(
  { alarm, of }: { readonly alarm: number; readonly of: number },
  periodSeconds: number,
): Pick<CloudwatchMetricAlarmConfig, "datapointsToAlarm" | "evaluationPeriods"> {
  return { datapointsToAlarm: alarm, evaluationPeriods: of + Math.ceil(LATE_SECONDS / periodSeconds) };
}
