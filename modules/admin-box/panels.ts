import { ADMIN_METRICS } from "../../contract/admin-box";
import { REAPER_SERVICE } from "../../contract/reaper";
import { RUNBOOKS, type Metric, type Panel } from "../monitoring/metric";

const HOUR_SECONDS = 3600;

/** Graphs and alarms of admin boxes. The command and the reaper write the metrics. @param environment its name */
export function adminPanels(environment: string): readonly Panel[] {
  const metric = (id: string, metricName: string, label: string, statistic: Metric["statistic"]): Metric => ({
    id,
    label,
    namespace: ADMIN_METRICS.namespace,
    metricName,
    dimensions: { Environment: environment },
    statistic,
    periodSeconds: HOUR_SECONDS,
  });
  const failed = metric("failed", ADMIN_METRICS.launchesFailed, "launches without a box", "Sum");
  const onDemand = metric("ondemand", ADMIN_METRICS.onDemand, "share on demand", "Average");
  const overdue: Metric = {
    ...metric("overdue", ADMIN_METRICS.boxesOverdue, "boxes past their expiry", "Maximum"),
    dimensions: { Environment: environment, service: REAPER_SERVICE },
  };
  const toShell = metric("shell", ADMIN_METRICS.secondsToShell, "seconds to the shell", "p95");
  return [
    {
      title: "Failed launches",
      unit: "launches",
      signals: [failed],
      alarms: [
        {
          key: "launches-failed",
          severity: "warning",
          description: "Three launches of admin boxes within an hour got none",
          runbook: `${RUNBOOKS}#launches-failed`,
          signal: failed,
          comparison: "atLeast",
          threshold: 3,
          datapoints: { alarm: 1, of: 1 },
          missingData: "notBreaching",
        },
      ],
    },
    {
      title: "On demand instead of Spot",
      unit: "share",
      signals: [onDemand],
      alarms: [
        {
          key: "boxes-on-demand",
          severity: "warning",
          description:
            "More than half of the admin boxes of a day ran on demand, at up to three times the price",
          runbook: `${RUNBOOKS}#boxes-on-demand`,
          signal: onDemand,
          comparison: "above",
          threshold: 0.5,
          datapoints: { alarm: 3, of: 24 },
          missingData: "notBreaching",
        },
      ],
    },
    {
      title: "Boxes past their expiry",
      unit: "boxes",
      signals: [overdue],
      alarms: [
        {
          key: "box-overdue",
          severity: "warning",
          description: "An admin box outlived its expiry: its own timer and its schedule have failed",
          runbook: `${RUNBOOKS}#box-overdue`,
          signal: overdue,
          comparison: "atLeast",
          threshold: 1,
          datapoints: { alarm: 1, of: 1 },
          missingData: "notBreaching",
        },
      ],
    },
    { title: "Time to the shell", unit: "seconds", signals: [toShell], alarms: [] },
  ];
}
