import type { Construct } from "constructs";
import { TaskApiStack } from "../../stacks/task-api/task-api-stack";
import { isInAlarm, type Series } from "../support/alarm-simulation";
import {
  adminEnvironment,
  ephemeralEnvironment,
  permanentEnvironments,
  stagingEnvironment,
} from "../support/environments";
import { synthesize } from "../support/golden";
import { spoil } from "../support/spoil";
import { Template, type Resource } from "../support/template";

const blueGreen = spoil(stagingEnvironment, "automock.deployment", { strategy: "blueGreen", bakeMinutes: 5 });

/** The alarms of every stack, those of optional parts too. */
const alarms = [
  ...alarmsOf(synthesize(permanentEnvironments)),
  ...alarmsOf(synthesize([blueGreen]), "automock-staging", "with traffic shifting: "),
  ...alarmsOf(synthesize([ephemeralEnvironment]), "automock-pr-123"),
  ...alarmsOf(synthesize([adminEnvironment]), "admin-staging"),
];

function alarmsOf(stacks: ReadonlyMap<string, string>, only?: string, prefix = "") {
  return [...stacks].flatMap(([stack, text]) => {
    const { resource } = JSON.parse(text) as { resource: Record<string, Record<string, Resource>> };
    const found = only === undefined || stack === only ? (resource.aws_cloudwatch_metric_alarm ?? {}) : {};
    return Object.values(found).map((alarm) => [`${prefix}${String(alarm.alarm_name)}`, alarm] as const);
  });
}

/** What an alarm takes a period without data for. */
type Meaning =
  /** As 0: nothing happened. */
  | "zero"
  /** As the fault that the alarm is about. */
  | "fault"
  /** As no news: the alarm keeps its state. */
  | "keeps"
  /** As unknown: the alarm does not act on it. */
  | "unknown";

/**
 * When a metric has no data, and what that may mean. A metric that is not here fails: find out when it is silent, state it
 * in its alarm, and add it.
 */
const SILENT: Readonly<Record<string, readonly [when: string, ...meanings: readonly Meaning[]]>> = {
  "AWS/ApplicationELB HTTPCode_ELB_5XX_Count": ["no such answers", "zero"],
  "AWS/ApplicationELB HTTPCode_Target_4XX_Count": ["no such answers", "zero"],
  "AWS/ApplicationELB HTTPCode_Target_5XX_Count": ["no such answers", "zero"],
  "AWS/ApplicationELB RequestCountPerTarget": ["no requests", "zero"],
  "AWS/ApplicationELB TargetResponseTime": ["no requests", "zero"],
  "AWS/ApplicationELB UnHealthyHostCount": ["no targets", "zero"],
  "AWS/CertificateManager DaysToExpiry": ["not issued yet, or expired", "keeps"],
  "AWS/ECS CPUUtilization": ["no tasks, or CloudWatch is late", "zero", "unknown"],
  "AWS/ECS MemoryUtilization": ["no tasks, or CloudWatch is late", "zero", "unknown"],
  "AWS/Lambda Errors": ["no runs", "zero"],
  "AWS/Lambda Throttles": ["no runs", "zero"],
  "AWS/RDS CPUUtilization": ["the database is down", "fault"],
  "AWS/RDS DatabaseConnections": ["the database is down, of which its CPU alarm tells", "keeps"],
  "AWS/RDS FreeStorageSpace": ["the database is down, of which its CPU alarm tells", "keeps"],
  "AWS/SQS ApproximateNumberOfMessagesVisible": ["a queue that is unused for 6 hours", "zero"],
  BoxesOverdue: ["no boxes", "zero"],
  CleanupFailed: ["no failed cleanups", "zero"],
  DiscoveryErrors: ["no failed listings", "zero"],
  Heartbeat: ["the reaper does not run", "fault"],
  LaunchesFailed: ["no failed launches", "zero"],
  NoticesFailed: ["no failed notices", "zero"],
  OnDemand: ["no launches", "zero"],
  OrphansFound: ["the reaper does not run, of which its heartbeat tells", "zero"],
  OverdueMinutes: ["the reaper does not run, of which its heartbeat tells", "zero"],
  RefusedExpectations: ["no refused expectations", "zero"],
};

/** A Wednesday, 12:00 in New York. */
const NOON = Date.UTC(2026, 6, 1, 16) / 1000;

interface Watched {
  readonly id: string;
  readonly namespace: string;
  readonly metric_name: string;
  readonly period: number;
}

function watched(alarm: Resource): readonly Watched[] {
  if (alarm.metric_query === undefined) return [{ id: "", ...alarm } as unknown as Watched];
  return (alarm.metric_query as Resource[]).flatMap(({ id, metric }) =>
    metric === undefined ? [] : [{ id: id as string, ...metric } as Watched],
  );
}

const keyOf = ({ namespace, metric_name }: Watched) =>
  namespace.startsWith("AWS/") ? `${namespace} ${metric_name}` : metric_name;

/** What an alarm states about the silence of a metric; nothing if CloudWatch would look past the gap for older data. */
function meaningOf(alarm: Resource, { id, ...metric }: Watched): Meaning | undefined {
  const { treat_missing_data: treatment, threshold } = alarm;
  if (treatment === "ignore") return "keeps";
  const math = (alarm.metric_query as Resource[] | undefined)?.find(({ expression }) => expression);
  const fill = new RegExp(`FILL\\(${id}, ([-\\d.]+)\\)`).exec(String(math?.expression))?.[1];
  if (math === undefined || fill === undefined) {
    // Alarms that only scale: there is nothing to scale while there are no tasks.
    return metric.namespace === "AWS/ECS" && treatment === "notBreaching" ? "unknown" : undefined;
  }
  if (fill === "-1") return "unknown";
  const breaches = alarm.comparison_operator === "LessThanThreshold" ? +fill < threshold : +fill > threshold;
  if (treatment === "breaching" && breaches) return "fault";
  return treatment === "notBreaching" && fill === "0" ? "zero" : undefined;
}

const cases = alarms.flatMap(([name, alarm]) =>
  watched(alarm).map((metric) => [name, keyOf(metric), alarm, metric] as const),
);
const withMeaning = (...wanted: Meaning[]) =>
  cases
    .filter(([, , alarm, metric]) => wanted.includes(meaningOf(alarm, metric)!))
    .map(([name, key, alarm, metric]) => [name, key, alarm, metric] as const);

describe("silence", () => {
  it("the alarms of every system and of bootstrap are here", () =>
    expect(
      [
        ...new Set(
          alarms.map(([name]) =>
            name
              .replace(/^with .*: /, "")
              .split("-")
              .slice(0, 2)
              .join("-"),
          ),
        ),
      ].sort(),
    ).toEqual([
      "admin-staging",
      "automock-bootstrap",
      "automock-pr",
      "automock-prod",
      "automock-staging",
      "task-api",
    ]));

  it.each(cases)("%s states what silence of %s means", (_, key, alarm, metric) => {
    const [, ...meanings] = SILENT[key] ?? [];
    expect(meanings).toContain(meaningOf(alarm, metric));
  });

  it("lists no metric without an alarm", () =>
    expect(Object.keys(SILENT).sort()).toEqual([...new Set(cases.map(([, key]) => key))].sort()));
});

const isScaleIn = (alarm: Resource) =>
  alarm.comparison_operator === "LessThanThreshold" && alarm.treat_missing_data === "notBreaching";

describe("silence means zero", () => {
  const counted = withMeaning("zero").filter(([, , alarm]) => !isScaleIn(alarm));

  it.each(counted)(
    "%s, %s: breaches with silence between them are not in a row",
    (_, __, alarm, { period }) => {
      // One breach at a time, with more quiet periods between two than the alarm looks at.
      const apart = (alarm.evaluation_periods as number) * period;
      const series: Series = (___, at) =>
        Math.round((NOON - at) / period) % (alarm.evaluation_periods as number) === 1 ? 1e9 : undefined;
      expect(isInAlarm(alarm, NOON, series)).toBe((alarm.datapoints_to_alarm as number) === 1);
      // Long after the last breach.
      const past: Series = (___, at) => (at < NOON - apart ? 1e9 : undefined);
      expect(isInAlarm(alarm, NOON, past)).toBe(false);
    },
  );

  it.each(counted)(
    "%s, %s: breaches are found although the newest data is late",
    (_, __, alarm, { period }) => {
      const late = Math.ceil(120 / period);
      expect(isInAlarm(alarm, NOON, () => 1e9, { late })).toBe(true);
      expect(isInAlarm(alarm, NOON, () => 1e9)).toBe(true);
      expect(isInAlarm(alarm, NOON, () => undefined)).toBe(false);
    },
  );

  it.each(withMeaning("zero").filter(([, , alarm]) => isScaleIn(alarm)))(
    "%s, %s: an idle service without requests scales in",
    (_, __, alarm, { metric_name }) =>
      expect(isInAlarm(alarm, NOON, (name) => (name === metric_name ? undefined : 1))).toBe(true),
  );
});

describe("silence is the fault", () => {
  const healthy = (alarm: Resource) => (alarm.comparison_operator === "LessThanThreshold" ? 1e9 : 0);

  it.each(withMeaning("fault"))(
    "%s, %s: starts as soon as enough periods are silent",
    (_, __, alarm, { period }) => {
      const silentFor = (periods: number) =>
        isInAlarm(alarm, NOON, (___, at) => (at < NOON - periods * period ? healthy(alarm) : undefined));
      expect(silentFor(alarm.datapoints_to_alarm as number)).toBe(true);
      expect(silentFor((alarm.datapoints_to_alarm as number) - 1)).toBe(false);
    },
  );
});

it.each(withMeaning("fault"))(
  "%s, %s: is created after what sends the metric, so that a first deployment is no alarm",
  (_, __, alarm, metric) =>
    expect(JSON.stringify([alarm.depends_on, (metric as unknown as Resource).dimensions])).toMatch(
      /aws_(db_instance|scheduler_schedule)\./,
    ),
);

describe("silence is no news", () => {
  it.each(withMeaning("keeps"))("%s, %s: keeps its state", (_, __, alarm) => {
    for (const before of [true, false])
      expect(isInAlarm(alarm, NOON, () => undefined, { before })).toBe(before);
  });
});

describe("silence is unknown", () => {
  it.each(withMeaning("unknown"))("%s, %s: does not scale", (_, __, alarm, { metric_name }) => {
    // Whatever the other metrics show.
    for (const others of [undefined, 0, 1])
      expect(isInAlarm(alarm, NOON, (name) => (name === metric_name ? undefined : others))).toBe(false);
  });

  it.each(withMeaning("unknown"))(
    "%s, %s: high load just before the tasks stopped does not scale for long",
    (_, __, alarm, { period }) => {
      const stopped: Series = (___, at) => (at < NOON - 10 * period ? 1e9 : undefined);
      expect(isInAlarm(alarm, NOON, stopped)).toBe(false);
    },
  );
});

describe("office hours", () => {
  // 8 to 20 in New York
  const alarm = Template.ofApp((app: Construct) => new TaskApiStack(app, "stack", stagingEnvironment))
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
