import { PutMetricDataCommand, type StandardUnit } from "@aws-sdk/client-cloudwatch";
import { ADMIN_METRICS } from "../../contract/admin-box";
import type { AdminPlace } from "./place";

/** What came of a launch. */
export interface LaunchMetrics {
  /** Whether the box is on demand; absent if there is none. */
  readonly onDemand?: boolean;
  /** Seconds from the launched box to its shell. */
  readonly secondsToShell?: number;
}

/** Reports a launch to the alarms and the dashboard. Nobody waits for a shell because of a metric, so it never fails. */
export async function reportLaunch(
  { clients, settings }: AdminPlace,
  { onDemand, secondsToShell }: LaunchMetrics,
): Promise<void> {
  const data: [string, number, StandardUnit][] =
    onDemand === undefined
      ? [[ADMIN_METRICS.launchesFailed, 1, "Count"]]
      : [
          [ADMIN_METRICS.onDemand, onDemand ? 1 : 0, "None"],
          ...(secondsToShell === undefined
            ? []
            : [[ADMIN_METRICS.secondsToShell, secondsToShell, "Seconds"] as [string, number, StandardUnit]]),
        ];
  const Dimensions = [{ Name: "Environment", Value: settings.environment }];
  await clients.cloudWatch
    .send(
      new PutMetricDataCommand({
        Namespace: ADMIN_METRICS.namespace,
        MetricData: data.map(([MetricName, Value, Unit]) => ({ MetricName, Value, Unit, Dimensions })),
      }),
    )
    .catch(() => undefined);
}
