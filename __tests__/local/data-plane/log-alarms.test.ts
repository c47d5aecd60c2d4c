import { AlarmStates } from "../../../local/data-plane/alarm-states";
import { LogAlarms, matches } from "../../../local/data-plane/log-alarms";
import { fakeClients } from "../../support/fake-clients";

it.each([
  ['"a:" "refused version"', "a: MockServer refused version 1", true],
  ['"a:" "refused version"', "a: took version 1", false],
  ['"a"', "b a c", true],
  ["a", "a", false],
  ['{ $.level = "a" }', "a", false],
  ["", "a", false],
])("the pattern %s, the line %s: %s", (pattern, line, expected) => {
  expect(matches(pattern, line)).toBe(expected);
});

describe("alarms on lines", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const clientsWith = (alarm: object) =>
    fakeClients({
      DescribeMetricFilters: () => ({
        metricFilters: [
          {
            filterPattern: '"refused"',
            metricTransformations: [{ metricName: "Refused", metricNamespace: "automock-demo" }],
          },
        ],
      }),
      DescribeAlarms: () => ({
        MetricAlarms: [
          { AlarmName: "refused", EvaluationPeriods: 1, ...alarm },
          { AlarmName: "other", MetricName: "Other", Namespace: "automock-demo", Threshold: 1 },
        ],
      }),
      SetAlarmState: () => ({}),
    });
  const states = (calls: readonly (readonly [string, Record<string, unknown>])[]) =>
    calls.filter(([name]) => name === "SetAlarmState").map(([, { AlarmName, StateValue }]) => `${AlarmName} ${StateValue}`); // prettier-ignore

  const REFUSED = { MetricName: "Refused", Namespace: "automock-demo" };

  it.each([
    ["of a metric", { ...REFUSED, Period: 60 }],
    [
      "of metric math",
      {
        Metrics: [{ Expression: "FILL(m, 0)" }, { MetricStat: { Metric: REFUSED, Period: 60, Stat: "Sum" } }],
      },
    ],
  ])("%s go off with a line, and are OK again a period after the last one", async (_, alarm) => {
    const { logs, cloudWatch, calls } = clientsWith({ Threshold: 1, ...alarm });
    const alarms = new LogAlarms(logs, new AlarmStates(cloudWatch));
    await alarms.see("/automock-demo/expectations-sync", ["took", "refused"]);
    jest.advanceTimersByTime(59_000);
    await alarms.see("/automock-demo/expectations-sync", ["refused"]);
    jest.advanceTimersByTime(59_000);
    expect(states(calls)).toEqual(["refused ALARM", "refused ALARM"]);
    jest.advanceTimersByTime(1_000);
    expect(states(calls)).toEqual(["refused ALARM", "refused ALARM", "refused OK"]);
  });

  it("do not go off without a line, nor when one is not enough", async () => {
    const { logs, cloudWatch, calls } = clientsWith({ ...REFUSED, Threshold: 2 });
    const alarms = new LogAlarms(logs, new AlarmStates(cloudWatch));
    await alarms.see("/automock-demo/expectations-sync", ["took"]);
    await alarms.see("/automock-demo/expectations-sync", ["refused"]);
    expect(states(calls)).toEqual([]);
  });
});
