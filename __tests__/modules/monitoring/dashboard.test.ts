import { Dashboard } from "../../../modules/monitoring/dashboard";
import type { Metric, Panel } from "../../../modules/monitoring/metric";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const metric = (id: string): Metric => ({
  id,
  label: `label ${id}`,
  namespace: "N",
  metricName: "M",
  dimensions: { A: "1", B: "2" },
  statistic: "p95",
  periodSeconds: 60,
});

const plain: Panel = { title: "plain", unit: "things", signals: [metric("a"), metric("b")], alarms: [] };
const watched: Panel = {
  title: "watched",
  unit: "sum",
  signals: [{ id: "all", label: "all", expression: "a + b", uses: [metric("a"), metric("b")] }],
  alarms: [
    {
      key: "high",
      severity: "warning",
      description: "d",
      runbook: "docs/runbooks/alarms.md#high",
      signal: metric("a"),
      comparison: "above",
      threshold: 7,
      datapoints: { alarm: 1, of: 1 },
      missingData: "ignore",
    },
  ],
};

function body(...panels: readonly Panel[]) {
  const template = Template.of((stack) => {
    new Dashboard(stack, "dashboard", { names: testNames, panels });
  });
  const dashboard = template.sole("aws_cloudwatch_dashboard");
  expect(dashboard.dashboard_name).toBe("automock-test");
  return JSON.parse(dashboard.dashboard_body as string) as { widgets: Record<string, unknown>[] };
}

const drawn = (id: string) => ({ id, label: `label ${id}`, stat: "p95", period: 60 });

it("draws a graph per panel", () =>
  expect(body(plain).widgets).toEqual([
    {
      type: "metric",
      x: 0,
      y: 0,
      width: 8,
      height: 6,
      properties: {
        title: "plain",
        view: "timeSeries",
        stacked: false,
        region: "us-east-1",
        yAxis: { left: { label: "things", min: 0, showUnits: false } },
        metrics: [
          ["N", "M", "A", "1", "B", "2", drawn("a")],
          ["N", "M", "A", "1", "B", "2", drawn("b")],
        ],
      },
    },
  ]));

it("draws metric math without its input metrics, and alarm thresholds as lines", () =>
  expect(body(watched).widgets[0]!.properties).toMatchObject({
    metrics: [
      [{ id: "all", label: "all", expression: "a + b" }],
      ["N", "M", "A", "1", "B", "2", { ...drawn("a"), visible: false }],
      ["N", "M", "A", "1", "B", "2", { ...drawn("b"), visible: false }],
    ],
    annotations: { horizontal: [{ label: "above 7: high", value: 7 }] },
  }));

it("fills rows of three without overlap", () =>
  expect(body(plain, plain, plain, plain).widgets.map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [8, 0],
    [16, 0],
    [0, 6],
  ]));
