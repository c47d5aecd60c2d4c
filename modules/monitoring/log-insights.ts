import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { Panel } from "./metric";

/** Lines with level `error`, in JSON or plain text. `?` means that any of the terms matches. */
const ERROR_PATTERN = '?ERROR ?"\\"level\\":\\"error\\"" ?"level=error"';

/** Saved queries by a stable key. Syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
const QUERIES: Readonly<Record<string, string>> = {
  errors:
    "fields @timestamp, @message\n| filter @message like /(?i)error/\n| sort @timestamp desc\n| limit 100",
  "by-level":
    "fields @message\n| parse @message /(?<level>ERROR|WARN|INFO)/\n| stats count(*) as lines by level, bin(5m)",
  request:
    'fields @timestamp, @logStream, @message\n| filter @message like "REQUEST-ID"\n| sort @timestamp asc',
};

export interface LogInsightsProps {
  readonly names: Names;
  /** Log group of the container. */
  readonly logGroupName: string;
  /** The log group, which the filter and the queries must wait for. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Counts the error lines of a log as a metric, and saves three queries for incidents: errors, lines by level,
 * and all lines of one request.
 *
 * Cost: $0.30 per month for the metric in months with errors; queries cost $0.005 per GB scanned.
 */
export class LogInsights extends Construct {
  /** Graph of the error lines. */
  public readonly panel: Panel;

  constructor(scope: Construct, id: string, props: LogInsightsProps) {
    super(scope, id);
    const { names, logGroupName, dependsOn } = props;
    const metric = { namespace: names.prefix, name: "ErrorLines" };
    new CloudwatchLogMetricFilter(this, "errors-filter", {
      name: "errors",
      logGroupName,
      pattern: ERROR_PATTERN,
      metricTransformation: { ...metric, value: "1", unit: "Count" },
      dependsOn: [...dependsOn],
    });
    for (const [key, queryString] of Object.entries(QUERIES))
      new CloudwatchQueryDefinition(this, `${key}-query`, {
        name: `${names.prefix}/${key}`,
        logGroupNames: [logGroupName],
        queryString,
        dependsOn: [...dependsOn],
      });
    this.panel = {
      title: "Error lines per minute",
      unit: "lines",
      signals: [
        {
          id: "errors",
          label: "error lines",
          namespace: metric.namespace,
          metricName: metric.name,
          dimensions: {},
          statistic: "Sum",
          periodSeconds: 60,
        },
      ],
      alarms: [],
    };
  }
}
