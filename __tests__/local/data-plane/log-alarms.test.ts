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
      DescribeAlarmsForMetric: () => ({ MetricAlarms: [{ AlarmName: "refused", Period: 60, EvaluationPeriods: 1, ...alarm }] }), // prettier-ignore
      SetAlarmState: () => ({}),
    });
  const states = (calls: readonly (readonly [string, Record<string, unknown>])[]) =>
    calls.filter(([name]) => name === "SetAlarmState").map(([, { AlarmName, StateValue }]) => `${AlarmName} ${StateValue}`); // prettier-ignore

  it("go off with a line, and are OK again a period after the last one", async () => {
    const { logs, cloudWatch, calls } = clientsWith({ Threshold: 1 });
    const alarms = new LogAlarms(logs, cloudWatch);
    await alarms.see("/automock-demo/expectations-sync", ["took", "refused"]);
    jest.advanceTimersByTime(59_000);
    await alarms.see("/automock-demo/expectations-sync", ["refused"]);
    jest.advanceTimersByTime(59_000);
    expect(states(calls)).toEqual(["refused ALARM", "refused ALARM"]);
    jest.advanceTimersByTime(1_000);
    expect(states(calls)).toEqual(["refused ALARM", "refused ALARM", "refused OK"]);
    expect(calls[1]).toEqual(["DescribeAlarmsForMetric", { MetricName: "Refused", Namespace: "automock-demo" }]); // prettier-ignore
  });

  it("do not go off without a line, nor when one is not enough", async () => {
    const { logs, cloudWatch, calls } = clientsWith({ Threshold: 2 });
    const alarms = new LogAlarms(logs, cloudWatch);
    await alarms.see("/automock-demo/expectations-sync", ["took"]);
    await alarms.see("/automock-demo/expectations-sync", ["refused"]);
    expect(states(calls)).toEqual([]);
  });
});
