import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { refuseFaults } from "../shared/faults";
import { filled, filledDatapoints } from "../shared/silence";
import { isMath, type AlarmDefinition, type Metric, type Signal } from "./metric";

export interface AlarmsProps {
  readonly names: Names;
  readonly definitions: readonly AlarmDefinition[];
  /** Notified when an alarm starts, and when a critical alarm ends. */
  readonly topicArn: string;
}

/** `breach`: how far from the threshold a value surely breaches it. */
const COMPARISONS = {
  above: { operator: "GreaterThanThreshold", text: "above", breach: 1 },
  atLeast: { operator: "GreaterThanOrEqualToThreshold", text: "at least", breach: 0 },
  below: { operator: "LessThanThreshold", text: "below", breach: -1 },
} as const;

/**
 * One CloudWatch alarm per definition. The notification shows the alarm's description: severity, what
 * happened, and the runbook.
 *
 * Cost: $0.10 per month per metric in an alarm (https://aws.amazon.com/cloudwatch/pricing/).
 *
 * @throws Error naming every fault of the definitions
 */
export class Alarms extends Construct {
  /** Literal names by key. */
  public readonly alarmNames: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { names, definitions, topicArn } = props;
    refuseFaults("alarm", alarmFaults(definitions));
    this.alarmNames = Object.fromEntries(definitions.map(({ key }) => [key, names.name("alarm", key)]));
    for (const definition of definitions) {
      const alarmName = this.alarmNames[definition.key]!;
      new CloudwatchMetricAlarm(this, definition.key, {
        alarmName,
        alarmDescription: `${definition.severity.toUpperCase()}: ${definition.description}. Runbook: ${definition.runbook}`,
        ...signalArguments(definition),
        comparisonOperator: COMPARISONS[definition.comparison].operator,
        threshold: definition.threshold,
        ...datapoints(definition),
        treatMissingData: definition.missingData,
        alarmActions: [topicArn],
        ...(definition.severity === "critical" && { okActions: [topicArn] }),
        tags: { Name: alarmName, Severity: definition.severity },
      });
    }
  }
}

/** Label of the threshold line in a graph, for example `above 1: latency`. */
export function thresholdText({ comparison, threshold, key }: AlarmDefinition): string {
  return `${COMPARISONS[comparison].text} ${threshold}: ${key}`;
}

function datapoints({ datapoints, missingData, signal }: AlarmDefinition) {
  if (missingData === "notBreaching") return filledDatapoints(datapoints, periodOf(signal));
  return { datapointsToAlarm: datapoints.alarm, evaluationPeriods: datapoints.of };
}

function periodOf(signal: Signal): number {
  return Math.max(...(isMath(signal) ? signal.uses : [signal]).map(({ periodSeconds }) => periodSeconds));
}

function signalArguments(definition: AlarmDefinition): Partial<CloudwatchMetricAlarmConfig> {
  const { signal } = definition;
  const silence = silentValue(definition);
  if (!isMath(signal) && silence !== undefined)
    return {
      metricQuery: [
        { id: "filled", expression: filled(signal.id, silence), label: signal.label, returnData: true },
        metricQuery(signal),
      ],
    };
  if (isMath(signal))
    return {
      metricQuery: [
        { id: signal.id, expression: signal.expression, label: signal.label, returnData: true },
        ...signal.uses.map(metricQuery),
      ],
    };
  return {
    namespace: signal.namespace,
    metricName: signal.metricName,
    dimensions: { ...signal.dimensions },
    period: signal.periodSeconds,
    ...(/^p\d/.test(signal.statistic)
      ? { extendedStatistic: signal.statistic }
      : { statistic: signal.statistic }),
  };
}

/** The value of a period without data; `undefined` if it has none. */
function silentValue({ missingData, comparison, threshold }: AlarmDefinition): number | undefined {
  if (missingData === "notBreaching") return 0;
  return missingData === "breaching" ? threshold + COMPARISONS[comparison].breach : undefined;
}

function metricQuery(metric: Metric): CloudwatchMetricAlarmMetricQuery {
  return {
    id: metric.id,
    label: metric.label,
    returnData: false,
    metric: {
      namespace: metric.namespace,
      metricName: metric.metricName,
      dimensions: { ...metric.dimensions },
      stat: metric.statistic,
      period: metric.periodSeconds,
    },
  };
}

/** Longest evaluation range of an alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const DAY_SECONDS = 86_400;

function alarmFaults(definitions: readonly AlarmDefinition[]): readonly string[] {
  return definitions.flatMap((definition, i) => {
    const { key, runbook, datapoints, signal } = definition;
    const metrics = isMath(signal) ? signal.uses : [signal];
    // A metric of a log filter has none, and its namespace is the system's own.
    const undimensioned = metrics.filter(
      ({ namespace, dimensions }) => namespace.startsWith("AWS/") && Object.keys(dimensions).length === 0,
    );
    const seconds = periodOf(signal) * datapoints.of;
    const silence = silentValue(definition);
    const gaps =
      isMath(signal) && silence !== undefined
        ? signal.uses.filter(({ id }) => !signal.expression.includes(filled(id, silence)))
        : [];
    return [
      ...(definitions.findIndex((other) => other.key === key) < i
        ? [`key "${key}" is a duplicate; give each alarm a unique key`]
        : []),
      ...(/^docs\/runbooks\/[a-z-]+\.md#[a-z0-9-]+$/.test(runbook)
        ? []
        : [`"${key}" has the runbook "${runbook}"; write docs/runbooks/<file>.md#<heading>`]),
      ...(Number.isInteger(datapoints.alarm) &&
      Number.isInteger(datapoints.of) &&
      datapoints.alarm >= 1 &&
      datapoints.alarm <= datapoints.of
        ? []
        : [
            `"${key}" requires ${datapoints.alarm} of ${datapoints.of} periods; use whole numbers, 1 of 1 or more`,
          ]),
      ...(seconds > DAY_SECONDS
        ? [`"${key}" evaluates ${seconds} seconds; CloudWatch allows at most ${DAY_SECONDS}`]
        : []),
      ...gaps.map(
        ({ id }) =>
          `"${key}" does not fill the gaps of ${id}; write ${filled(id, silence)} in its expression`,
      ),
      ...undimensioned.map(
        ({ id }) =>
          `"${key}" watches ${id} without dimensions, so it gets no data; add the dimensions of the resource`,
      ),
    ];
  });
}
