import { MONTH_HOURS, FARGATE_SPOT_DISCOUNT, priceOf } from "../../../contract/prices";
import { estimate } from "../../../pricing/estimate";
import {
  designedService,
  designedTaskApi,
  DESIGNED_SESSION,
  FIRST_AUTOMOCK_TASK,
  SMALL_TASK,
} from "../../../operations/costs/first-designs";
import type { PricedResource } from "../../../pricing/resource";

/** The estimates that the systems were first described with, recomputed to the cent. */

function cents(amount: number): string {
  return amount.toFixed(2);
}

/** Cost of the lines of some types, all if none is named. */
function cost(resources: readonly PricedResource[], hours: number, ...ids: (string | RegExp)[]): number {
  return estimate(resources)
    .lines.filter(({ priceId }) => ids.length === 0 || ids.some((id) => new RegExp(id).test(priceId)))
    .reduce((sum, { usdHourly }) => sum + usdHourly.expected * hours, 0);
}

const natTraffic = 0.5 * priceOf("nat-gateway-data").usd;

describe("AutoMock, ten tasks of 0.5 vCPU and 1 GB for four hours: printed 2.11", () => {
  const base = designedService(10, FIRST_AUTOMOCK_TASK);
  const arm = designedService(10, { ...FIRST_AUTOMOCK_TASK, architecture: "ARM64" });

  it.each([
    ["vCPU, printed 1.62", cost(base, 4, "x86-vcpu"), "0.81"],
    ["memory, missing", cost(base, 4, "x86-memory"), "0.18"],
    ["Fargate", cost(base, 4, /^fargate-/), "0.99"],
    ["Fargate on arm64", cost(arm, 4, /^fargate-/), "0.79"],
    ["Fargate of small tasks", cost(designedService(10, SMALL_TASK), 4, /^fargate-/), "0.49"],
    ["load balancer, printed 0.09", cost(base, 4, "load-balancer"), "0.09"],
    ["two NAT gateways, printed 0.36", cost(base, 4, /^nat-gateway$/), "0.36"],
    ["four public addresses, missing", cost(base, 4, "public-ipv4"), "0.08"],
    ["total without traffic", cost(base, 4), "1.52"],
    ["total with 0.5 GB through NAT", cost(base, 4) + natTraffic, "1.54"],
    ["and out to the internet", cost(base, 4) + natTraffic + 0.5 * priceOf("data-out").usd, "1.58"],
  ])("%s", (_, amount, right) => expect(cents(amount)).toBe(right));

  it("the printed figure of vCPUs is that of whole ones", () =>
    expect(cents(cost(designedService(10, { cpuUnits: 1024, memoryMiB: 2048 }), 4, "x86-vcpu"))).toBe(
      "1.62",
    ));
});

describe("AutoMock, a spike to 200 tasks for an hour: printed 4.05 and 24", () => {
  const spike = designedService(200, FIRST_AUTOMOCK_TASK);
  it.each([
    ["vCPU, rightly printed", cost(spike, 1, "x86-vcpu"), "4.05"],
    ["memory, missing", cost(spike, 1, "x86-memory"), "0.89"],
    ["Fargate", cost(spike, 1, /^fargate-/), "4.94"],
    ["all of it", cost(spike, 1), "5.07"],
  ])("%s", (_, amount, right) => expect(cents(amount)).toBe(right));

  it("24 an hour is almost five times too much", () => expect((24 / cost(spike, 1)).toFixed(1)).toBe("4.7"));
});

describe("AutoMock, ten tasks for a month: printed 125", () => {
  const month = designedService(10, FIRST_AUTOMOCK_TASK);
  it.each([
    ["Fargate, printed 35", cost(month, MONTH_HOURS, /^fargate-/), "180.20"],
    ["Fargate of small tasks", cost(designedService(10, SMALL_TASK), MONTH_HOURS, /^fargate-/), "90.10"],
    ["load balancer, printed 16", cost(month, MONTH_HOURS, "load-balancer"), "16.43"],
    ["NAT gateways, printed 64", cost(month, MONTH_HOURS, /^nat-gateway$/), "65.70"],
    ["public addresses, missing", cost(month, MONTH_HOURS, "public-ipv4"), "14.60"],
    ["total", cost(month, MONTH_HOURS), "276.93"],
    ["total of small tasks", cost(designedService(10, SMALL_TASK), MONTH_HOURS), "186.83"],
    ["one small task", cost(designedService(1, SMALL_TASK), MONTH_HOURS, /^fargate-/), "9.01"],
  ])("%s", (_, amount, right) => expect(cents(amount)).toBe(right));
});

describe("Task API, production for a month: printed 380", () => {
  const production = designedTaskApi(5);
  const fargate = (tasks: number, architecture?: "ARM64") =>
    cost(designedService(tasks, { ...SMALL_TASK, architecture }), MONTH_HOURS, /^fargate-/);
  it.each([
    ["Fargate of 5 tasks, printed 170", cost(production, MONTH_HOURS, /^fargate-/), "45.05"],
    ["of 3", fargate(3), "27.03"],
    ["of 10", fargate(10), "90.10"],
    ["of 5 on arm64", fargate(5, "ARM64"), "36.04"],
    ["database instance, printed 155", cost(production, MONTH_HOURS, "postgres"), "52.56"],
    ["database storage, missing", cost(production, MONTH_HOURS, "rds-storage"), "23.00"],
    ["load balancer, printed 16.20", cost(production, MONTH_HOURS, "load-balancer"), "16.43"],
    ["NAT gateways, printed 32", cost(production, MONTH_HOURS, /^nat-gateway$/), "65.70"],
    ["public addresses, missing", cost(production, MONTH_HOURS, "public-ipv4"), "14.60"],
    ["total", cost(production, MONTH_HOURS), "217.34"],
  ])("%s", (_, amount, right) => expect(cents(amount)).toBe(right));

  it("16.20 is a month of 720 hours", () =>
    expect(cents(cost(production, 720, "load-balancer"))).toBe("16.20"));
});

describe("claims of savings in the Task API's first design", () => {
  const fargate = cost(designedTaskApi(5), MONTH_HOURS, /^fargate-/);
  const zoneB = designedTaskApi(5).filter(({ address }) => /^aws_(eip|nat_gateway)\.b$/.test(address));

  it("a single NAT gateway saves 36.50, not 16", () => {
    expect(cents(cost(zoneB, MONTH_HOURS, /^nat-gateway$/))).toBe("32.85");
    expect(cents(cost(zoneB, MONTH_HOURS))).toBe("36.50");
  });

  it("a reserved instance at 29.6 % saves 15.56, not 63, which is more than the instance costs", () => {
    const instance = cost(designedTaskApi(5), MONTH_HOURS, "postgres");
    expect(cents(instance * 0.296)).toBe("15.56");
    expect(63).toBeGreaterThan(instance);
  });

  it("a savings plan cannot save 50 of a bill of 45.05", () => expect(cents(fargate)).toBe("45.05"));

  it("Spot saves 70 % at most, not 75 %", () => {
    const spot = { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }] };
    const service = designedTaskApi(5)
      .filter(({ type }) => type.startsWith("aws_ecs"))
      .map((one) => (one.type === "aws_ecs_service" ? { ...one, values: { ...one.values, ...spot } } : one));
    const { low, expected } = estimate(service).usdHourly;
    expect(1 - low / expected).toBeCloseTo(FARGATE_SPOT_DISCOUNT, 10);
    expect(FARGATE_SPOT_DISCOUNT).toBe(0.7);
  });

  it("nights and weekends off save 64 % of Fargate, not 50 % of everything", () => {
    const open = (12 * 5) / (24 * 7);
    expect((100 * (1 - open)).toFixed(0)).toBe("64");
    const whole = cost(designedTaskApi(1), MONTH_HOURS);
    const saved = cost(designedTaskApi(1), MONTH_HOURS, /^fargate-/) * (1 - open);
    expect(((100 * saved) / whole).toFixed(0)).toBe("3");
  });
});

it("environments for 50 builds of 15 minutes cost 26.04 instead of 1,500: 98.3 % saved, not 99.7 %", () => {
  const usdPerDay = 50;
  const always = usdPerDay * 30;
  const pullRequests = (usdPerDay * 15 * 50) / (24 * 60);
  expect(cents(pullRequests)).toBe("26.04");
  expect((100 * (1 - pullRequests / always)).toFixed(1)).toBe("98.3");
});

it("a session of four hours on a t3.small costs 0.107, its address a fifth of that", () => {
  expect(cost(DESIGNED_SESSION, 4).toFixed(3)).toBe("0.107");
  expect(cost(DESIGNED_SESSION, 4, "ec2-t3.small").toFixed(3)).toBe("0.083");
  expect(cents(cost(DESIGNED_SESSION, 4, "public-ipv4"))).toBe("0.02");
  expect(cost(DESIGNED_SESSION, 4, "ebs-gp3").toFixed(4)).toBe("0.0035");
});
