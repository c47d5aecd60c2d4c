import { type TerraformJson, regionOf, resourcesOf } from "../../contract/terraform-json";
import { PRICE_BOOK, priceOf } from "../../contract/prices";
import { estimate } from "../../pricing/estimate";
import type { Environment } from "../../environments/schema";
import { environmentSchema } from "../../environments/schema/schema";
import { ephemeralInput, prodEnvironment, stagingEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";
import { spoil } from "../support/spoil";
import { fargateService, resource } from "./resources";

const ephemeral = (name: string, automock: object): Environment =>
  environmentSchema.parse({ ...ephemeralInput, name, automock: { ...ephemeralInput.automock, ...automock } });
const { network } = ephemeralInput.automock;

/** Every shape that the environments' files can give a stack, as far as it changes the types of resources. */
const environments: Environment[] = [
  prodEnvironment,
  spoil(stagingEnvironment, "automock.network.interfaceEndpoints", "fargate"),
  ephemeral("pr-123", {}),
  ephemeral("regional", { network: { ...network, vpcCidr: "10.3.0.0/16", natGateways: "regional" } }),
  ephemeral("canary", {
    network: { ...network, vpcCidr: "10.4.0.0/16" },
    deployment: { strategy: "blueGreen", bakeMinutes: 5 },
  }),
  ephemeral("private", {
    network: { ...network, vpcCidr: "10.5.0.0/16", interfaceEndpoints: "fargate" },
  }),
];
const stacks = [...synthesize(environments)].map(
  ([name, text]) => [name, JSON.parse(text) as TerraformJson] as const,
);

it("knows the stacks of this test", () =>
  expect(stacks.map(([name]) => name).sort()).toEqual([
    "automock-canary",
    "automock-pr-123",
    "automock-private",
    "automock-prod",
    "automock-regional",
    "automock-staging",
    "bootstrap",
    "task-api-prod",
    "task-api-staging",
  ]));

describe.each(stacks)("%s", (_, stack) => {
  const resources = resourcesOf(stack);
  const found = estimate(resources, { region: regionOf(stack) });

  it("has a price for everything that is not free", () => expect(found.notPriced).toEqual([]));

  it("accounts for every resource", () => {
    const priced = new Set([...found.lines, ...found.usageBased].map(({ address }) => address));
    const free = found.free.reduce((sum, { count }) => sum + count, 0);
    expect(priced.size + free).toBe(resources.length);
    expect(resources.length).toBeGreaterThan(40);
  });

  it("names source and date with each line, and sums them up", () => {
    for (const line of found.lines) {
      const { item, unit, source, checkedOn } = priceOf(line.priceId);
      expect(line).toMatchObject({ item, unit, source, checkedOn });
      expect(line.usdHourly.low).toBeLessThanOrEqual(line.usdHourly.expected);
      expect(line.usdHourly.expected).toBeLessThanOrEqual(line.usdHourly.high);
    }
    for (const bound of ["low", "expected", "high"] as const) {
      const sum = found.lines.reduce((total, { usdHourly }) => total + usdHourly[bound], 0);
      expect(found.usdHourly[bound]).toBeCloseTo(sum, 12);
      expect(sum).toBeGreaterThan(0);
    }
  });

  it("is in the region of the prices", () => expect(found.note).toBeUndefined());
});

it("interface endpoints cost by zone, and a regional NAT gateway as two", () => {
  const linesOf = (name: string, id: string) =>
    estimate(resourcesOf(stacks.find(([stack]) => stack === name)![1]))
      .lines.filter(({ priceId }) => priceId === id)
      .map(({ quantity }) => quantity.expected);
  expect(linesOf("automock-staging", "interface-endpoint")).toEqual(Array(7).fill(2));
  expect(linesOf("automock-regional", "nat-gateway")).toEqual([2]);
  expect(linesOf("automock-regional", "public-ipv4")).toEqual(expect.arrayContaining([2, 2]));
  expect(linesOf("automock-pr-123", "nat-gateway")).toEqual([1]);
});

it("says so for a stack in another region", () => {
  const { note, priceRegion } = estimate(fargateService(), { region: "eu-west-1" });
  expect(priceRegion).toBe("us-east-1");
  expect(note).toBe(
    "The prices are those of us-east-1; the stack is in eu-west-1, where most are higher, in some regions twice as high.",
  );
  expect(estimate(fargateService()).note).toBeUndefined();
  expect(estimate(fargateService(), { region: "us-east-1" }).note).toBeUndefined();
});

it("says the day of the oldest price that it used", () => {
  expect(estimate([resource("aws_eip.a")]).checkedOn).toBe("2026-10-16");
  expect(estimate([resource("aws_eip.a"), resource("aws_nat_gateway.a")]).checkedOn).toBe("2026-09-20");
  expect(estimate([]).checkedOn).toBe(PRICE_BOOK.checkedOn);
});

it("costs nothing without resources, and counts free ones by type", () => {
  expect(estimate([])).toMatchObject({ lines: [], usdHourly: { low: 0, expected: 0, high: 0 }, free: [] });
  const free = ["aws_vpc.a", "aws_route.a", "aws_route.b"].map((address) => resource(address));
  expect(estimate(free).free).toEqual([
    { type: "aws_route", count: 2 },
    { type: "aws_vpc", count: 1 },
  ]);
});

it("reads the region of the stack's own provider", () => {
  const aws = [{ alias: "backups", region: "us-west-2" }, { region: "us-east-1" }];
  expect(regionOf({ provider: { aws } })).toBe("us-east-1");
  expect(regionOf({ provider: { aws: [aws[0]!] } })).toBeUndefined();
  expect(regionOf({})).toBeUndefined();
});
