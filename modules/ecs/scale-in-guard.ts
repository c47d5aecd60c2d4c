import type { CloudwatchMetricAlarmMetricQuery } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";

import { filled } from "../shared/silence";

/** Period of one data point. */
export const PERIOD_SECONDS = 60;

/** Tasks are removed only while each signal is below its level. */
export interface ScaleInLevels {
  /** CPU in percent; also the threshold of the alarm. */
  readonly cpuPercent: number;
  /** Memory in percent. */
  readonly memoryPercent: number;
  /** Requests per minute and target. @default requests are ignored */
  readonly requests?: number;
}

export interface ScaleInMetrics {
  readonly clusterName: string;
  readonly serviceName: string;
  /** `LoadBalancer` dimension. */
  readonly loadBalancer: string;
  /** `TargetGroup` dimension of each target group: one or two. */
  readonly targetGroups: readonly string[];
}

/**
 * Returns the highest of all signals, each scaled so that its own level equals the alarm's threshold. With one
 * alarm per signal, an idle CPU would remove tasks that were just added for requests.
 *
 * Each signal has its own level because the idle values differ: a JVM does not return heap memory, so with the
 * CPU's level the service would never scale in.
 *
 * Without requests there is no data, so that gap is filled with 0. A gap in CPU or memory does not mean that the service
 * is idle, but metric math takes it as 0. So without both there is no result.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (IF: "is dropped")
 */
export function scaleInQueries(
  metrics: ScaleInMetrics,
  levels: ScaleInLevels,
): readonly CloudwatchMetricAlarmMetricQuery[] {
  const { cpuPercent, memoryPercent, requests: requestLevel } = levels;
  const requests = requestLevel === undefined ? [] : requestQueries(metrics);
  return [
    {
      id: "pressure",
      expression: `IF(${hasData("cpu")} AND ${hasData("memory")}, MAX([${[
        "cpu",
        stretched("memory", memoryPercent, cpuPercent),
        ...requests.map(({ id }) => stretched(filled(id), requestLevel!, cpuPercent)),
      ].join(", ")}]))`,
      label: "Busiest signal",
      returnData: true,
    },
    ecsQuery("cpu", "CPUUtilization", metrics),
    ecsQuery("memory", "MemoryUtilization", metrics),
    ...requests,
  ];
}

/** Requests of the target group that currently receives the traffic; 0 without traffic. */
export function busiestTargetGroupQueries(
  metrics: ScaleInMetrics,
): readonly CloudwatchMetricAlarmMetricQuery[] {
  const requests = requestQueries(metrics);
  return [
    {
      id: "requests",
      expression:
        requests.length === 1
          ? filled(requests[0]!.id)
          : `MAX([${requests.map(({ id }) => filled(id)).join(", ")}])`,
      label: "Requests per target",
      returnData: true,
    },
    ...requests,
  ];
}

/** Whether a metric that is never negative has data. */
function hasData(id: string): string {
  return `${filled(id, -1)} >= 0`;
}

function stretched(signal: string, own: number, common: number): string {
  return own === common ? signal : `${signal} * ${common} / ${own}`;
}

function ecsQuery(id: string, metricName: string, { clusterName, serviceName }: ScaleInMetrics) {
  return query(id, "AWS/ECS", metricName, "Average", { ClusterName: clusterName, ServiceName: serviceName });
}

/** The metric is already an average over the targets, so `Sum` is the only meaningful statistic. */
function requestQueries({ loadBalancer, targetGroups }: ScaleInMetrics) {
  return targetGroups.map((targetGroup, index) =>
    query(
      index === 0 ? "requests_blue" : "requests_green",
      "AWS/ApplicationELB",
      "RequestCountPerTarget",
      "Sum",
      { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
    ),
  );
}

function query(
  id: string,
  namespace: string,
  metricName: string,
  stat: "Average" | "Sum",
  dimensions: Record<string, string>,
): CloudwatchMetricAlarmMetricQuery {
  return {
    id,
    returnData: false,
    metric: { namespace, metricName, dimensions, stat, period: PERIOD_SECONDS },
  };
}
