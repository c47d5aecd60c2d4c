import { DescribeMetricFiltersCommand, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { AlarmStates } from "./alarm-states";

/**
 * Sets the alarms that count lines of a log, as CloudWatch would by metric filter and metric. Of filter patterns it
 * knows those made of terms in quotes, of alarms those that one line is enough for.
 */
export class LogAlarms {
  constructor(
    private readonly logs: Pick<CloudWatchLogsClient, "send">,
    private readonly states: AlarmStates,
  ) {}

  /** Looks at new lines of a log group. */
  async see(logGroupName: string, lines: readonly string[]): Promise<void> {
    const { metricFilters = [] } = await this.logs.send(new DescribeMetricFiltersCommand({ logGroupName }));
    for (const { filterPattern = "", metricTransformations = [] } of metricFilters) {
      const line = lines.find((one) => matches(filterPattern, one));
      if (line === undefined) continue;
      for (const { metricName, metricNamespace } of metricTransformations) {
        await this.states.see(
          ({ Namespace, MetricName }) => Namespace === metricNamespace && MetricName === metricName,
          1,
          line.trim(),
        );
      }
    }
  }
}

/** Whether a filter pattern such as `"refused" "version"` finds a line: every term is in it. */
export function matches(pattern: string, line: string): boolean {
  const terms = [...pattern.matchAll(/"([^"]*)"/g)].map(([, term]) => term!);
  const isOfTerms = pattern.replace(/"[^"]*"/g, "").trim() === "";
  return isOfTerms && terms.length > 0 && terms.every((term) => line.includes(term));
}
