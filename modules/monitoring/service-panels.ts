import { RUNBOOKS, type AlarmDefinition, type Metric, type Panel } from "./metric";

export interface ServiceMetrics {
  /** `ClusterName` and `ServiceName` dimensions (tokens). */
  readonly clusterName: string;
  readonly serviceName: string;
  /** In percent. The alarm starts after ten minutes, so that scaling out can bring the load down first. */
  readonly thresholds: { readonly cpuPercent: number; readonly memoryPercent: number };
}

/** CPU and memory of a service. Metrics: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
export function servicePanels(props: ServiceMetrics): readonly Panel[] {
  const panel = (key: "cpu" | "memory", title: string, metricName: string, threshold: number): Panel => {
    const metric = (statistic: "Average" | "Maximum", periodSeconds: number): Metric => ({
      id: statistic.toLowerCase(),
      label: statistic.toLowerCase(),
      namespace: "AWS/ECS",
      metricName,
      dimensions: { ClusterName: props.clusterName, ServiceName: props.serviceName },
      statistic,
      periodSeconds,
    });
    const alarm: AlarmDefinition = {
      key: `service-${key}`,
      severity: "warning",
      description: `the tasks' ${title} was above ${threshold} % for ten minutes, and adding tasks did not help`,
      runbook: `${RUNBOOKS}#service-${key}`,
      signal: metric("Average", 300),
      comparison: "above",
      threshold,
      datapoints: { alarm: 2, of: 2 },
      // A service scaled to zero has no data.
      missingData: "notBreaching",
    };
    return {
      title: `Service ${title}`,
      unit: "percent",
      signals: [metric("Average", 60), metric("Maximum", 60)],
      alarms: [alarm],
    };
  };
  return [
    panel("cpu", "CPU", "CPUUtilization", props.thresholds.cpuPercent),
    panel("memory", "memory", "MemoryUtilization", props.thresholds.memoryPercent),
  ];
}
