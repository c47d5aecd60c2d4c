import type { Construct } from "constructs";
import type { Environment } from "../../environments/schema";
import { AutomockStack } from "../../stacks/automock/automock-stack";
import { TaskApiStack } from "../../stacks/task-api/task-api-stack";
import { isInAlarm, type Series } from "../support/alarm-simulation";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../support/environments";
import { spoil } from "../support/spoil";
import { Template, type Resource } from "../support/template";

const automock = (environment: Environment) => (app: Construct) =>
  new AutomockStack(app, "stack", environment);
const taskApi = (environment: Environment) => (app: Construct) => new TaskApiStack(app, "stack", environment);

const blueGreen = spoil(stagingEnvironment, "automock.deployment", { strategy: "blueGreen", bakeMinutes: 5 });
const templates = [
  ["automock-prod", automock(prodEnvironment)],
  ["automock-staging with traffic shifting", automock(blueGreen)],
  ["an ephemeral environment", automock(ephemeralEnvironment)],
  ["task-api-prod", taskApi(prodEnvironment)],
  ["task-api-staging", taskApi(stagingEnvironment)],
] as const;

/** Metrics with data in every minute in which their resource runs, or whose silence keeps the state. */
const DENSE =
  /^(CPUUtilization|MemoryUtilization|DatabaseConnections|FreeStorageSpace|DaysToExpiry|HeartbeatMissing)$/;

/** A Wednesday, 12:00 in New York. */
const NOON = Date.UTC(2026, 6, 1, 16) / 1000;

const metricsOf = (alarm: Resource): string[] =>
  alarm.metric_query === undefined
    ? [alarm.metric_name as string]
    : (alarm.metric_query as Resource[]).flatMap(({ metric }) =>
        metric ? [metric.metric_name as string] : [],
      );

const periodOf = (alarm: Resource): number =>
  (alarm.period ?? alarm.metric_query.find((query: Resource) => query.metric).metric.period) as number;

describe.each(templates)("%s", (_, create) => {
  const template = Template.ofApp(create);
  const sparse = template
    .all("aws_cloudwatch_metric_alarm")
    .filter((alarm) => !metricsOf(alarm).some((name) => DENSE.test(name)))
    .map((alarm) => [alarm.alarm_name as string, alarm] as const);

  it("has alarms on metrics that can be silent", () => expect(sparse.length).toBeGreaterThan(0));

  it.each(sparse)("%s: breaches with silence between them are not in a row", (__, alarm) => {
    const period = periodOf(alarm);
    // One breach at a time, with more quiet periods between two than the alarm looks at.
    const apart = (alarm.evaluation_periods as number) * period;
    const series: Series = (___, at) =>
      Math.round((NOON - at) / period) % (alarm.evaluation_periods as number) === 1 ? 1e9 : undefined;
    expect(isInAlarm(alarm, NOON, series)).toBe((alarm.datapoints_to_alarm as number) === 1);
    // Long after the last breach.
    const past: Series = (___, at) => (at < NOON - apart ? 1e9 : undefined);
    expect(isInAlarm(alarm, NOON, past)).toBe(false);
  });

  it.each(sparse)("%s: breaches are found although the newest data is late", (__, alarm) => {
    const late = Math.ceil(120 / periodOf(alarm));
    expect(isInAlarm(alarm, NOON, () => 1e9, late)).toBe(true);
    expect(isInAlarm(alarm, NOON, () => 1e9, 0)).toBe(true);
    expect(isInAlarm(alarm, NOON, () => undefined)).toBe(false);
  });
});

describe("office hours", () => {
  const create = taskApi(stagingEnvironment); // 8 to 20 in New York
  const alarm = Template.ofApp(create)
    .all("aws_cloudwatch_metric_alarm")
    .find(({ alarm_name }) => alarm_name === "task-api-staging-server-errors")!;
  const at = (month: number, day: number, hour: number, minute = 0) =>
    isInAlarm(alarm, Date.UTC(2026, month - 1, day, hour, minute) / 1000, () => 1e9);

  it.each([
    ["a summer evening", 7, 1, 0, 10, false],
    ["a summer night", 7, 2, 6, 0, false],
    ["a summer morning while tasks start", 7, 1, 12, 10, false],
    ["a summer noon", 7, 1, 16, 0, true],
    ["a winter noon", 1, 7, 17, 0, true],
    ["a winter night", 1, 7, 4, 0, false],
    ["a Saturday noon", 7, 4, 16, 0, false],
    ["a Sunday noon", 7, 5, 16, 0, false],
    ["a Monday noon", 7, 6, 16, 0, true],
    ["a Friday noon", 7, 3, 16, 0, true],
  ])("%s", (_, month, day, hour, minute, expected) => expect(at(month, day, hour, minute)).toBe(expected));

  it("an expression fits into CloudWatch's 1,024 characters", () =>
    expect((alarm.metric_query as Resource[])[0]!.expression.length).toBeLessThan(1024));
});
