import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";

/**
 * Silence of a metric that has data only when something happened, such as a count of errors.
 *
 * If periods are missing, CloudWatch looks further back for as many data points as it needs, whatever
 * `treat_missing_data` is: two breaches half an hour apart look like two in a row. So gaps are filled with 0.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function filled(id: string): string {
  return `FILL(${id}, 0)`;
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
