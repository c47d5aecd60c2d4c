import type { Metric } from "@aws-sdk/client-cloudwatch";
import { LoadBalancerAlarms } from "../../../local/data-plane/load-balancer-alarms";

const LOAD_BALANCER =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/api/50dc6c495c0c9188";
const TARGET_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/6d0ecf831eec9f09";
const metric = (MetricName: string, Name: string, Value: string): Metric => ({
  Namespace: "AWS/ApplicationELB",
  MetricName,
  Dimensions: [{ Name, Value }],
});
const UNHEALTHY = metric("UnHealthyHostCount", "TargetGroup", "targetgroup/api/6d0ecf831eec9f09");
const ERRORS = metric("HTTPCode_ELB_5XX_Count", "LoadBalancer", "app/api/50dc6c495c0c9188");

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What is looked at: the value, and which of the two metrics it belongs to. */
function watched() {
  const looks: [number, boolean, boolean][] = [];
  const alarms = new LoadBalancerAlarms({
    see: (isWatched, value) => {
      looks.push([value, isWatched(UNHEALTHY), isWatched(ERRORS)]);
      return Promise.resolve();
    },
  });
  return { alarms, looks };
}

it("looks once per second at the highest number of unhealthy targets", () => {
  const { alarms, looks } = watched();
  for (const count of [1, 3, 2]) alarms.unhealthy(TARGET_GROUP, count);
  expect(looks).toEqual([]);
  jest.advanceTimersByTime(1000);
  alarms.unhealthy(TARGET_GROUP, 1);
  jest.advanceTimersByTime(1000);
  expect(looks).toEqual([
    [3, true, false],
    [1, true, false],
  ]);
});

it("counts the server errors of the last minute", () => {
  const { alarms, looks } = watched();
  const fail = () => alarms.serverError(LOAD_BALANCER, "HTTPCode_ELB_5XX_Count");
  for (let i = 0; i < 6; i++) fail();
  jest.advanceTimersByTime(59_000);
  fail();
  jest.advanceTimersByTime(1000);
  fail();
  jest.advanceTimersByTime(1000);
  expect(looks).toEqual([
    [6, false, true],
    [7, false, true],
    [2, false, true],
  ]);
});
