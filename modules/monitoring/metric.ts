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

/** Runbook with one heading per alarm key. */
export const RUNBOOKS = "docs/runbooks/alarms.md";

/** `critical` wakes someone up, `warning` can wait until the morning. */
export type Severity = "critical" | "warning";

/** An alarm on one signal of a panel. */
export interface AlarmDefinition {
  /** Stable key; part of the alarm's name and its Terraform address. */
  readonly key: string;
  readonly severity: Severity;
  /** What happened, as one sentence without a period. */
  readonly description: string;
  /** What to do: `docs/runbooks/<file>.md#<heading>` in this repository. */
  readonly runbook: string;
  readonly signal: Signal;
  readonly comparison: "above" | "atLeast" | "below";
  readonly threshold: number;
  /** The alarm starts when `alarm` of the last `of` periods breach the threshold. */
  readonly datapoints: { readonly alarm: number; readonly of: number };
  /**
   * What a period without data means: `notBreaching` 0, `breaching` the fault itself, `ignore` nothing. Metric math must
   * fill its gaps itself. `breaching` is for metrics that have data more often than once per period.
   */
  readonly missingData: "breaching" | "notBreaching" | "ignore";
}

/** One graph of the dashboard and its alarms, whose thresholds are shown as lines. */
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
