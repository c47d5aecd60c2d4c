import { MONTH_HOURS, priceOf } from "../../contract/prices";
import { estimate, type CostLine } from "../../pricing/estimate";
import { designedService, designedTaskApi, FIRST_AUTOMOCK_TASK, SMALL_TASK } from "./first-designs";
import { usd } from "../../contract/dollars";
import { markdownTable } from "./markdown";
import type { PricedResource } from "../../pricing/resource";

/** The first designs' own estimates beside what the calculator makes of the same resources. */

/** Printed in the first design of AutoMock; 0.5 GB through the NAT gateways in four hours. */
export function automockCorrections(): string {
  const base = designedService(10, FIRST_AUTOMOCK_TASK);
  const spike = designedService(200, FIRST_AUTOMOCK_TASK);
  const traffic = 0.5 * priceOf("nat-gateway-data").usd;
  return table([
    [
      "Fargate, 10 tasks, 4 hours",
      "$1.62",
      fargate(base, 4),
      "the price of whole vCPUs was used, and memory left out",
    ],
    [
      "All of it, 10 tasks, 4 hours",
      "$2.11",
      all(base, 4) + traffic,
      "as above; four public addresses were missing",
    ],
    ["Fargate, 200 tasks, an hour", "$4.05", fargate(spike, 1), "memory left out"],
    [
      "All of it, 200 tasks, an hour",
      "$24",
      all(spike, 1),
      "contradicts the line before; nearly five times too much",
    ],
    ["Fargate, 10 tasks, a month", "$35", fargate(base, MONTH_HOURS), "hardly the price of two such tasks"],
    [
      "Load balancer, a month",
      "$16",
      part(base, MONTH_HOURS, "load-balancer-application"),
      "a month of 720 hours, rounded down",
    ],
    ["NAT gateways, a month", "$64", part(base, MONTH_HOURS, "nat-gateway"), "the same"],
    [
      "Public IPv4 addresses, a month",
      "missing",
      part(base, MONTH_HOURS, "public-ipv4"),
      "every public address is billed",
    ],
    [
      "All of it, 10 tasks, a month",
      "$125",
      all(base, MONTH_HOURS),
      `sum of the above; ${usd(all(designedService(10, SMALL_TASK), MONTH_HOURS))} with tasks of size \`small\``,
    ],
  ]);
}

/** Printed in the first design of the Task API: production, a month. */
export function taskApiCorrections(): string {
  const production = designedTaskApi(5);
  const month = (id: string) => part(production, MONTH_HOURS, id);
  return table([
    [
      "Fargate, 5 tasks",
      "$170",
      fargate(production, MONTH_HOURS),
      "another region's price of a vCPU was used for each quarter of one",
    ],
    ["Database instance", "$155", month("postgres-db.t3.small"), "three times the price of Multi-AZ"],
    ["Database storage", "missing", month("rds-storage"), "100 GB, twice with Multi-AZ"],
    ["Load balancer", "$16.20", month("load-balancer-application"), "a month of 720 hours"],
    ["NAT gateways", "$32", month("nat-gateway"), "two were described and one was counted"],
    [
      "Public IPv4 addresses",
      "missing",
      month("public-ipv4"),
      "two of the load balancer, two of the gateways",
    ],
    [
      "All of it",
      "$380",
      all(production, MONTH_HOURS),
      "sum of the above, without keys, secret, alarms and traffic",
    ],
  ]);
}

function table(rows: readonly (readonly [string, string, number, string])[]): string {
  return markdownTable(
    [
      ["", "printed", "right", "why"],
      ...rows.map(([what, printed, right, why]) => [what, printed, usd(right), why]),
    ],
    4,
  );
}

function all(resources: readonly PricedResource[], hours: number): number {
  return estimate(resources).usdHourly.expected * hours;
}

function fargate(resources: readonly PricedResource[], hours: number): number {
  return total(resources, hours, ({ type }) => type === "aws_ecs_service");
}

function part(resources: readonly PricedResource[], hours: number, id: string): number {
  return total(resources, hours, ({ priceId }) => priceId === id);
}

function total(
  resources: readonly PricedResource[],
  hours: number,
  counts: (line: CostLine) => boolean,
): number {
  return estimate(resources)
    .lines.filter(counts)
    .reduce((sum, { usdHourly }) => sum + usdHourly.expected * hours, 0);
}
