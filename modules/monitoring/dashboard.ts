import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { thresholdText } from "./alarms";
import { isMath, type Metric, type MetricMath, type Panel, type Signal } from "./metric";

export interface DashboardProps {
  readonly names: Names;
  readonly panels: readonly Panel[];
}

/** A dashboard is 24 units wide. */
const WIDTH = 8;
const HEIGHT = 6;
const PER_ROW = 3;

/**
 * A CloudWatch dashboard with one graph per panel. Each graph shows the thresholds of its alarms as lines.
 *
 * Cost: the first three dashboards of an account are free, others $3 per month
 * (https://aws.amazon.com/cloudwatch/pricing/).
 */
export class Dashboard extends Construct {
  /** Literal, known before the apply. */
  public readonly dashboardName: string;

  constructor(scope: Construct, id: string, { names, panels }: DashboardProps) {
    super(scope, id);
    this.dashboardName = names.name("dashboard");
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: this.dashboardName,
      dashboardBody: JSON.stringify({
        widgets: panels.map((panel, i) => widget(panel, i, names.region)),
      }),
    });
  }
}

function widget({ title, signals, alarms, unit }: Panel, index: number, region: string) {
  return {
    type: "metric",
    x: (index % PER_ROW) * WIDTH,
    y: Math.floor(index / PER_ROW) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      view: "timeSeries",
      stacked: false,
      region,
      yAxis: { left: { label: unit, min: 0, showUnits: false } },
      metrics: signals.flatMap(series),
      ...(alarms.length > 0 && {
        annotations: {
          horizontal: alarms.map((alarm) => ({ label: thresholdText(alarm), value: alarm.threshold })),
        },
      }),
    },
  };
}

function series(signal: Signal): unknown[] {
  if (!isMath(signal)) return [metric(signal, {})];
  return [mathSeries(signal), ...signal.uses.map((used) => metric(used, { visible: false }))];
}

function mathSeries({ id, label, expression }: MetricMath): unknown[] {
  return [{ id, label, expression }];
}

/** Namespace, name, dimension names and values alternately, then rendering options. */
function metric({ namespace, metricName, dimensions, ...rest }: Metric, drawn: { visible?: false }) {
  return [
    namespace,
    metricName,
    ...Object.entries(dimensions).flat(),
    { id: rest.id, label: rest.label, stat: rest.statistic, period: rest.periodSeconds, ...drawn },
  ];
}
