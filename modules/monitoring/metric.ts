/** What a graph shows and an alarm watches. */

/** One series of a CloudWatch metric. */
export interface Metric {
  /** Unique in its panel: a lower-case letter, then letters, digits and underscores. */
  readonly id: string;
  readonly label: string;
  readonly namespace: string;
  readonly metricName: string;
  /** Names and values; values may be tokens. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum` for counts, a percentile such as `p95` for durations. */
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | `p${number}`;
  readonly periodSeconds: number;
}

/** A calculation over other metrics of the panel. */
export interface MetricMath {
  readonly id: string;
  readonly label: string;
  /** CloudWatch metric math over the ids in `uses`. */
  readonly expression: string;
  readonly uses: readonly Metric[];
}

export type Signal = Metric | MetricMath;

/** File whose headings are the keys of the alarms. */
export const RUNBOOKS = "docs/runbooks/alarms.md";

/** How bad it is: `critical` wakes someone, `warning` waits for the morning. */
export type Severity = "critical" | "warning";

/** An alarm on one signal of a panel. */
export interface AlarmDefinition {
  /** Stable key: part of the alarm's name and address. */
  readonly key: string;
  readonly severity: Severity;
  /** What has happened, in one sentence without a full stop. */
  readonly description: string;
  /** What to do: a file of this repository with its heading, `docs/runbooks/<file>.md#<heading>`. */
  readonly runbook: string;
  readonly signal: Signal;
  readonly comparison: "above" | "atLeast" | "below";
  readonly threshold: number;
  /** `alarm` bad periods of the last `of` raise the alarm. */
  readonly datapoints: { readonly alarm: number; readonly of: number };
  /** What a period without data is; for every alarm a decision of its own. */
  readonly missingData: "breaching" | "notBreaching" | "ignore" | "missing";
}

/** One graph of the dashboard with the alarms on it: thresholds become lines in the graph. */
export interface Panel {
  readonly title: string;
  readonly signals: readonly Signal[];
  readonly alarms: readonly AlarmDefinition[];
  /** Label of the vertical axis, for example `percent`. */
  readonly unit: string;
}

export function isMath(signal: Signal): signal is MetricMath {
  return "expression" in signal;
}
