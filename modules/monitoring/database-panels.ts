import { RUNBOOKS, type AlarmDefinition, type Metric, type Panel } from "./metric";

export interface DatabaseMetrics {
  /** `DBInstanceIdentifier` dimension. */
  readonly identifier: string;
  /** Connections that the instance accepts; the alarm is at 80 percent. */
  readonly maxConnections: number;
}

const CPU_PERCENT = 80;
const FREE_STORAGE_GIB = 2;
const CONNECTIONS_PERCENT = 80;

/** CPU, storage and connections of a database. Metrics: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
export function databasePanels({ identifier, maxConnections }: DatabaseMetrics): readonly Panel[] {
  const metric = (id: string, metricName: string, statistic: "Average" | "Minimum", periodSeconds: number) =>
    ({
      id,
      label: id,
      namespace: "AWS/RDS",
      metricName,
      dimensions: { DBInstanceIdentifier: identifier },
      statistic,
      periodSeconds,
    }) satisfies Metric;
  const connections = Math.floor((maxConnections * CONNECTIONS_PERCENT) / 100);
  const alarm = (
    key: string,
    rest: Omit<AlarmDefinition, "key" | "runbook" | "datapoints">,
  ): AlarmDefinition => ({
    key: `database-${key}`,
    runbook: `${RUNBOOKS}#database-${key}`,
    datapoints: { alarm: 2, of: 2 },
    ...rest,
  });
  return [
    {
      title: "Database CPU",
      unit: "percent",
      signals: [metric("cpu", "CPUUtilization", "Average", 60)],
      alarms: [
        alarm("cpu", {
          severity: "warning",
          description: `the database's CPU was above ${CPU_PERCENT} % for ten minutes, or it sent no data`,
          signal: metric("cpu", "CPUUtilization", "Average", 300),
          comparison: "above",
          threshold: CPU_PERCENT,
          // A database that sends no data is down.
          missingData: "breaching",
        }),
      ],
    },
    {
      title: "Database connections",
      unit: "connections",
      signals: [metric("connections", "DatabaseConnections", "Average", 60)],
      alarms: [
        alarm("connections", {
          severity: "warning",
          description: `more than ${connections} of about ${maxConnections} connections were in use for ten minutes`,
          signal: metric("connections", "DatabaseConnections", "Average", 300),
          comparison: "above",
          threshold: connections,
          missingData: "ignore",
        }),
      ],
    },
    {
      title: "Database free storage",
      unit: "bytes",
      signals: [metric("free", "FreeStorageSpace", "Minimum", 60)],
      alarms: [
        alarm("storage", {
          severity: "critical",
          description: `the database has less than ${FREE_STORAGE_GIB} GiB left, and RDS has not grown its storage`,
          signal: metric("free", "FreeStorageSpace", "Minimum", 300),
          comparison: "below",
          threshold: FREE_STORAGE_GIB * 2 ** 30,
          missingData: "ignore",
        }),
      ],
    },
  ];
}
