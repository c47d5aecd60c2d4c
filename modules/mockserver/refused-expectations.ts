import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { RUNBOOKS, type Panel } from "../monitoring/metric";
import { SYNC_CONTAINER } from "../../contract/expectations";

export interface RefusedExpectationsProps {
  readonly names: Names;
  /** The log groups, so that the filter waits for them. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Counts the versions of the expectations that tasks have refused, by the lines of the sync container, with an alarm:
 * the tasks go on with the last good version, but no new task starts.
 *
 * Cost: $0.30 per month for the metric in months with refusals, $0.10 for the alarm.
 */
export class RefusedExpectations extends Construct {
  /** The refusals as a graph, with the alarm. */
  public readonly panel: Panel;

  constructor(scope: Construct, id: string, { names, dependsOn }: RefusedExpectationsProps) {
    super(scope, id);
    const metric = { namespace: names.prefix, name: "RefusedExpectations" };
    new CloudwatchLogMetricFilter(this, "filter", {
      name: "refused-expectations",
      logGroupName: names.logGroup(SYNC_CONTAINER),
      pattern: '"sync-expectations:" "refused version"',
      metricTransformation: { ...metric, value: "1", unit: "Count" },
      dependsOn: [...dependsOn],
    });
    const signal = {
      id: "refused",
      label: "refused versions",
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: {},
      statistic: "Sum" as const,
      periodSeconds: 60,
    };
    this.panel = {
      title: "Refused expectations",
      unit: "versions",
      signals: [signal],
      alarms: [
        {
          key: "refused-expectations",
          severity: "critical",
          description:
            "the tasks refused the expectations in the bucket, and new tasks do not start with them",
          runbook: `${RUNBOOKS}#refused-expectations`,
          signal,
          comparison: "atLeast",
          threshold: 1,
          datapoints: { alarm: 1, of: 1 },
          missingData: "notBreaching",
        },
      ],
    };
  }
}
