import type { CloudwatchMetricAlarmMetricQuery } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";

/** Seconds of one data point. */
export const PERIOD_SECONDS = 60;

/** Level under which each signal must be before tasks are taken away. */
export interface ScaleInLevels {
  /** CPU in percent: also the threshold of the whole guard. */
  readonly cpuPercent: number;
  /** Memory in percent. */
  readonly memoryPercent: number;
  /** Requests per minute and target; left out, they are no signal. */
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
 * One number for "how busy": the busiest signal, each stretched so that its own scale-in level becomes the
 * guard's threshold. With one alarm per signal an idle CPU would take away tasks that requests have just
 * asked for.
 *
 * A signal has a level of its own because they idle at different heights: a JVM keeps the heap it once
 * took, and judged by the CPU's level it would hold all tasks forever.
 *
 * No requests means no data, hence the fill; a gap in CPU or memory is not filled, it is no sign of rest.
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
      expression: `MAX([${[
        "cpu",
        stretched("memory", memoryPercent, cpuPercent),
        ...requests.map(({ id }) => stretched(`FILL(${id}, 0)`, requestLevel!, cpuPercent)),
      ].join(", ")}])`,
      label: "Busiest signal",
      returnData: true,
    },
    ecsQuery("cpu", "CPUUtilization", metrics),
    ecsQuery("memory", "MemoryUtilization", metrics),
    ...requests,
  ];
}

/** The requests of the target group that has the traffic, whichever of the two it is. */
export function busiestTargetGroupQueries(
  metrics: ScaleInMetrics,
): readonly CloudwatchMetricAlarmMetricQuery[] {
  const requests = requestQueries(metrics);
  return [
    {
      id: "requests",
      expression: `MAX([${requests.map(({ id }) => `FILL(${id}, 0)`).join(", ")}])`,
      label: "Requests per target",
      returnData: true,
    },
    ...requests,
  ];
}

function stretched(signal: string, own: number, common: number): string {
  return own === common ? signal : `${signal} * ${common} / ${own}`;
}

function ecsQuery(id: string, metricName: string, { clusterName, serviceName }: ScaleInMetrics) {
  return query(id, "AWS/ECS", metricName, "Average", { ClusterName: clusterName, ServiceName: serviceName });
}

/** Already an average over the targets: `Sum` is its only meaningful statistic. */
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
