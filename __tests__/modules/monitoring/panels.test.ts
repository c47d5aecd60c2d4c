import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databasePanels } from "../../../modules/monitoring/database-panels";
import {
  loadBalancerPanels,
  type LoadBalancerMetrics,
} from "../../../modules/monitoring/load-balancer-panels";
import { isMath, type AlarmDefinition, type Panel, type Signal } from "../../../modules/monitoring/metric";
import { servicePanels } from "../../../modules/monitoring/service-panels";

const balancer: LoadBalancerMetrics = {
  loadBalancer: "app/a/1",
  targetGroups: ["targetgroup/blue/1"],
  thresholds: { latencySeconds: 1, clientErrors: 50, serverErrors: 5 },
  serverErrorsOf: "targetsAndLoadBalancer",
};
const panels: readonly Panel[] = [
  ...loadBalancerPanels(balancer),
  ...servicePanels({
    clusterName: "cluster",
    serviceName: "service",
    thresholds: { cpuPercent: 70, memoryPercent: 80 },
  }),
  ...databasePanels({ identifier: "db", maxConnections: 192 }),
];
const alarms = panels.flatMap((panel) => panel.alarms);

/** `metric statistic/seconds comparison threshold, M of N`. */
function shortly({ signal, comparison, threshold, datapoints, missingData, severity }: AlarmDefinition) {
  const [metric] = isMath(signal) ? signal.uses : [signal];
  const name = isMath(signal) ? signal.expression : signal.metricName;
  return `${severity}: ${name} ${metric!.statistic}/${metric!.periodSeconds} ${comparison} ${threshold}, ${datapoints.alarm} of ${datapoints.of}, ${missingData}`;
}

it("the service and the database have these alarms", () =>
  expect(Object.fromEntries(alarms.map((alarm) => [alarm.key, shortly(alarm)]))).toEqual({
    latency: "warning: TargetResponseTime p95/300 above 1, 2 of 2, notBreaching",
    "unhealthy-hosts": "warning: UnHealthyHostCount Maximum/60 atLeast 1, 2 of 2, notBreaching",
    "client-errors": "warning: HTTPCode_Target_4XX_Count Sum/300 above 50, 1 of 1, notBreaching",
    "server-errors":
      "critical: FILL(target_5xx, 0) + FILL(load_balancer_5xx, 0) Sum/60 above 5, 1 of 1, notBreaching",
    "service-cpu": "warning: CPUUtilization Average/300 above 70, 2 of 2, notBreaching",
    "service-memory": "warning: MemoryUtilization Average/300 above 80, 2 of 2, notBreaching",
    "database-cpu": "warning: CPUUtilization Average/300 above 80, 2 of 2, breaching",
    "database-connections": "warning: DatabaseConnections Average/300 above 153, 2 of 2, ignore",
    "database-storage": "critical: FreeStorageSpace Minimum/300 below 2147483648, 2 of 2, ignore",
  }));

it("the graphs show these signals", () =>
  expect(panels.map(({ title, signals }) => [title, signals.map(({ label }) => label).join(", ")])).toEqual([
    ["Answer time", "p50, p95, p99"],
    ["Requests per minute", "requests"],
    ["Hosts", "healthy, unhealthy"],
    ["Client errors", "4xx in 5 minutes"],
    ["Server errors", "5xx in a minute"],
    ["Service CPU", "average, maximum"],
    ["Service memory", "average, maximum"],
    ["Database CPU", "cpu"],
    ["Database connections", "connections"],
    ["Database free storage", "free"],
  ]));

const metricsOf = (signal: Signal) => (isMath(signal) ? signal.uses : [signal]);

it("every metric has dimensions with the resource's name, not its ARN", () => {
  const metrics = panels.flatMap((panel) =>
    [...panel.signals, ...panel.alarms.map(({ signal }) => signal)].flatMap(metricsOf),
  );
  const expected = {
    "AWS/ApplicationELB": [["LoadBalancer"], ["LoadBalancer", "TargetGroup"]],
    "AWS/ECS": [["ClusterName", "ServiceName"]],
    "AWS/RDS": [["DBInstanceIdentifier"]],
  } as const;
  for (const { namespace, dimensions } of metrics) {
    expect(expected[namespace as keyof typeof expected]).toContainEqual(Object.keys(dimensions).sort());
    expect(Object.values(dimensions).filter((value) => value.startsWith("arn:"))).toEqual([]);
  }
  expect(metrics.length).toBeGreaterThan(20);
});

it("alarms use metrics that their graph shows, and metric math uses all its metrics", () => {
  for (const { signals, alarms: watching } of panels) {
    const shown = new Set(signals.flatMap(metricsOf).map(({ metricName }) => metricName));
    for (const { signal } of watching) {
      for (const { id, metricName } of metricsOf(signal)) {
        expect(shown).toContain(metricName);
        if (isMath(signal)) expect(signal.expression).toContain(id);
      }
    }
  }
});

it("every alarm has an existing runbook heading", () => {
  for (const { runbook } of alarms) {
    const [file, heading] = runbook.split("#");
    const path = join(__dirname, "../../..", file!);
    expect([file, existsSync(path)]).toEqual([file, true]);
    const anchors = [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replace(/ /g, "-"),
    );
    expect(anchors).toContain(heading);
  }
});

it("with two target groups, the hosts of both count", () => {
  const [, , hosts] = loadBalancerPanels({ ...balancer, targetGroups: ["blue", "green"] });
  expect(hosts!.alarms[0]!.signal).toMatchObject({
    expression: "MAX([FILL(unhealthy_blue, 0), FILL(unhealthy_green, 0)])",
    uses: [
      { id: "unhealthy_blue", dimensions: { LoadBalancer: "app/a/1", TargetGroup: "blue" } },
      { id: "unhealthy_green", dimensions: { LoadBalancer: "app/a/1", TargetGroup: "green" } },
    ],
  });
});

it("if targets may return 5xx on purpose, only the load balancer's own errors count", () => {
  const errors = loadBalancerPanels({ ...balancer, serverErrorsOf: "loadBalancer" }).at(-1)!;
  expect(shortly(errors.alarms[0]!)).toBe(
    "critical: HTTPCode_ELB_5XX_Count Sum/60 above 5, 1 of 1, notBreaching",
  );
});
