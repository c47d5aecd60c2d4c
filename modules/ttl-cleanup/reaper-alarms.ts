import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { METRICS_NAMESPACE, REAPER_METRIC, REAPER_SERVICE, type ReaperNames } from "../../contract/reaper";
import { filled, filledDatapoints } from "../shared/silence";

export interface ReaperAlarmsProps {
  readonly reaper: ReaperNames;
  /** Topic that hears of an alarm and of its end. */
  readonly topicArn: string;
  /** What makes the reaper run; before it, its absence is no alarm. */
  readonly tick: ITerraformDependable;
}

/** What makes an alarm different from the others. */
interface Condition {
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Maximum" | "Sum";
  readonly threshold: number;
  /** Hours in a row. @default 1 */
  readonly hours?: number;
  /** Whether the alarm is about the metric's absence, not about a value above the threshold. @default false */
  readonly absent?: boolean;
}

const HOUR_SECONDS = 3600;

/**
 * One alarm for each way in which the reaper can fail without anyone looking. An hour without data counts as 0: no run
 * had something to report, or, of the heartbeat, there was no run.
 */
export class ReaperAlarms extends Construct {
  constructor(scope: Construct, id: string, { reaper, topicArn, tick }: ReaperAlarmsProps) {
    super(scope, id);
    for (const [key, condition] of Object.entries(reaperAlarms(reaper))) {
      const { description, hours = 1, absent = false, threshold } = condition;
      const { namespace, metricName, dimensions, statistic: stat } = condition;
      const datapoints = { alarm: hours, of: hours };
      const alarmName = reaper.names.name("alarm", key);
      new CloudwatchMetricAlarm(this, key, {
        alarmName,
        alarmDescription: description,
        metricQuery: [
          { id: "filled", expression: filled("metric"), label: metricName, returnData: true },
          {
            id: "metric",
            returnData: false,
            metric: { namespace, metricName, dimensions: { ...dimensions }, stat, period: HOUR_SECONDS },
          },
        ],
        threshold,
        comparisonOperator: absent ? "LessThanThreshold" : "GreaterThanThreshold",
        // No hour for late data: it would be one more in which a late heartbeat counts as absent.
        ...(absent
          ? { datapointsToAlarm: hours, evaluationPeriods: hours, treatMissingData: "breaching" }
          : { ...filledDatapoints(datapoints, HOUR_SECONDS), treatMissingData: "notBreaching" }),
        alarmActions: [topicArn],
        okActions: [topicArn],
        tags: { Name: alarmName },
        ...(absent && { dependsOn: [tick] }),
      });
    }
  }
}

/** The alarms by key; the key is part of the address. */
function reaperAlarms(reaper: ReaperNames): Readonly<Record<string, Condition>> {
  const own = (metricName: string) => ({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensions: { service: REAPER_SERVICE },
  });
  const lambda = (metricName: string) => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: reaper.functionName },
  });
  return {
    "heartbeat-missing": {
      description: "The reaper has not run for two hours: nothing is removed. Look at its schedule and log.",
      ...own(REAPER_METRIC.heartbeat),
      statistic: "Sum",
      threshold: 1,
      hours: 2,
      absent: true,
    },
    "environment-overdue": {
      description:
        "An environment that the reaper may delete is more than an hour past its expiry. Run npx automock list to see which, and reap with its name to see which gates are closed and what blocks.",
      ...own(REAPER_METRIC.overdueMinutes),
      statistic: "Maximum",
      threshold: 60,
    },
    "cleanup-failed": {
      description:
        "A cleanup is stuck, a safety gate is closed that someone has to look at, Terraform's lock is more than two hours old, or a record cannot be read. The message about that environment says what to do.",
      ...own(REAPER_METRIC.cleanupFailed),
      statistic: "Sum",
      threshold: 0,
    },
    "discovery-errors": {
      description: "Listings failed for three hours: no cleanup can be finished without them.",
      ...own(REAPER_METRIC.discoveryErrors),
      statistic: "Sum",
      threshold: 0,
      hours: 3,
    },
    "orphans-found": {
      description: "Resources carry the tag of an environment that nobody registered. They are not deleted.",
      ...own(REAPER_METRIC.orphansFound),
      statistic: "Maximum",
      threshold: 0,
    },
    "notices-failed": {
      description:
        "A warning or report reached no one: it could not be sent, or no confirmed subscription receives it. Run npx automock doctor. What nobody was warned of is not deleted.",
      ...own(REAPER_METRIC.noticesFailed),
      statistic: "Sum",
      threshold: 0,
    },
    "dead-letters": {
      description: "An event for the reaper failed for good and waits in the dead-letter queue.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: reaper.deadLetterQueueName },
      statistic: "Maximum",
      threshold: 0,
    },
    "function-errors": {
      description: "The reaper ended with an error. Lambda tries again; the log says why.",
      ...lambda("Errors"),
      statistic: "Sum",
      threshold: 0,
      hours: 2,
    },
    "function-throttles": {
      description: "Lambda refused to start the reaper: the account's concurrency is used up.",
      ...lambda("Throttles"),
      statistic: "Sum",
      threshold: 0,
      hours: 2,
    },
  };
}
