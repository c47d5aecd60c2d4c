import { Alarms, thresholdText } from "../../../modules/monitoring/alarms";
import type { AlarmDefinition, Metric } from "../../../modules/monitoring/metric";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const errors: Metric = {
  id: "errors",
  label: "errors",
  namespace: "AWS/ApplicationELB",
  metricName: "HTTPCode_ELB_5XX_Count",
  dimensions: { LoadBalancer: "app/a/1" },
  statistic: "Sum",
  periodSeconds: 60,
};

const definition: AlarmDefinition = {
  key: "errors",
  severity: "critical",
  description: "too many errors",
  runbook: "docs/runbooks/alarms.md#errors",
  signal: errors,
  comparison: "above",
  threshold: 5,
  datapoints: { alarm: 3, of: 5 },
  missingData: "ignore",
};

function synthesized(...definitions: readonly AlarmDefinition[]) {
  let alarms: Alarms | undefined;
  const template = Template.of((stack) => {
    alarms = new Alarms(stack, "alarms", { names: testNames, definitions, topicArn: "topic" });
  });
  return { template, alarms: alarms! };
}

it("a critical alarm notifies at start and end, with runbook, M of N and treatment of missing data", () => {
  const { template, alarms } = synthesized(definition);
  expect(argumentsOf(template.sole("aws_cloudwatch_metric_alarm"))).toEqual({
    alarm_name: "automock-test-errors",
    alarm_description: "CRITICAL: too many errors. Runbook: docs/runbooks/alarms.md#errors",
    namespace: "AWS/ApplicationELB",
    metric_name: "HTTPCode_ELB_5XX_Count",
    dimensions: { LoadBalancer: "app/a/1" },
    period: 60,
    statistic: "Sum",
    comparison_operator: "GreaterThanThreshold",
    threshold: 5,
    evaluation_periods: 5,
    datapoints_to_alarm: 3,
    treat_missing_data: "ignore",
    alarm_actions: ["topic"],
    ok_actions: ["topic"],
    tags: { Name: "automock-test-errors", Severity: "critical" },
  });
  expect(alarms.alarmNames).toEqual({ errors: "automock-test-errors" });
});

it("where silence means zero, gaps are filled, and two more minutes may be late", () => {
  const { template } = synthesized({ ...definition, missingData: "notBreaching" });
  expect(template.sole("aws_cloudwatch_metric_alarm")).toMatchObject({
    metric_query: [
      { id: "filled", expression: "FILL(errors, 0)", label: "errors", return_data: true },
      { id: "errors", metric: { metric_name: "HTTPCode_ELB_5XX_Count", stat: "Sum", period: 60 } },
    ],
    evaluation_periods: 7,
    datapoints_to_alarm: 3,
    treat_missing_data: "notBreaching",
  });
  const slow = { ...errors, periodSeconds: 300 };
  expect(
    synthesized({ ...definition, missingData: "notBreaching", signal: slow }).template.sole(
      "aws_cloudwatch_metric_alarm",
    ).evaluation_periods,
  ).toBe(6);
});

it.each([
  ["above", 6],
  ["atLeast", 5],
  ["below", 4],
] as const)(
  "where silence is the fault, gaps are filled with a value that breaches: %s",
  (comparison, value) =>
    expect(
      synthesized({ ...definition, missingData: "breaching", comparison }).template.sole(
        "aws_cloudwatch_metric_alarm",
      ),
    ).toMatchObject({
      metric_query: [{ expression: `FILL(errors, ${value})` }, { id: "errors" }],
      evaluation_periods: 5,
      datapoints_to_alarm: 3,
      treat_missing_data: "breaching",
    }),
);

it("where silence means zero, metric math must fill its gaps", () =>
  expect(() =>
    synthesized({
      ...definition,
      missingData: "notBreaching",
      signal: { id: "sum", label: "all", expression: "errors * 2", uses: [errors] },
    }),
  ).toThrow('alarm: "errors" does not fill the gaps of errors; write FILL(errors, 0) in its expression'));

it("a warning notifies at the start only", () => {
  const alarm = synthesized({ ...definition, severity: "warning" }).template.sole(
    "aws_cloudwatch_metric_alarm",
  );
  expect(alarm.alarm_description).toMatch(/^WARNING: /);
  expect(alarm.alarm_actions).toEqual(["topic"]);
  expect(alarm).not.toHaveProperty("ok_actions");
});

it("a percentile is an extended statistic", () => {
  const alarm = synthesized({ ...definition, signal: { ...errors, statistic: "p95" } }).template.sole(
    "aws_cloudwatch_metric_alarm",
  );
  expect(alarm.extended_statistic).toBe("p95");
  expect(alarm).not.toHaveProperty("statistic");
});

it("metric math returns only the result of the expression", () => {
  const signal = { id: "sum", label: "all", expression: "FILL(errors, 0)", uses: [errors] };
  const alarm = synthesized({ ...definition, signal }).template.sole("aws_cloudwatch_metric_alarm");
  expect(alarm).not.toHaveProperty("metric_name");
  expect(alarm.metric_query).toEqual([
    { id: "sum", expression: "FILL(errors, 0)", label: "all", return_data: true },
    {
      id: "errors",
      label: "errors",
      return_data: false,
      metric: {
        namespace: "AWS/ApplicationELB",
        metric_name: "HTTPCode_ELB_5XX_Count",
        dimensions: { LoadBalancer: "app/a/1" },
        stat: "Sum",
        period: 60,
      },
    },
  ]);
});

it.each([
  ["above", "GreaterThanThreshold", "above 5: errors"],
  ["atLeast", "GreaterThanOrEqualToThreshold", "at least 5: errors"],
  ["below", "LessThanThreshold", "below 5: errors"],
] as const)("%s is %s", (comparison, operator, text) => {
  const changed = { ...definition, comparison };
  expect(synthesized(changed).template.sole("aws_cloudwatch_metric_alarm").comparison_operator).toBe(
    operator,
  );
  expect(thresholdText(changed)).toBe(text);
});

it("reports all faults at once", () =>
  expect(() =>
    synthesized(
      definition,
      {
        ...definition,
        runbook: "https://wiki.example.com",
        datapoints: { alarm: 2, of: 1 },
        signal: { ...errors, dimensions: {} },
      },
      { ...definition, key: "long", datapoints: { alarm: 1, of: 1441 } },
    ),
  ).toThrow(
    [
      'alarm: key "errors" is a duplicate; give each alarm a unique key',
      'alarm: "errors" has the runbook "https://wiki.example.com"; write docs/runbooks/<file>.md#<heading>',
      'alarm: "errors" requires 2 of 1 periods; use whole numbers, 1 of 1 or more',
      'alarm: "errors" watches errors without dimensions, so it gets no data; add the dimensions of the resource',
      'alarm: "long" evaluates 86460 seconds; CloudWatch allows at most 86400',
    ].join("\n"),
  ));
