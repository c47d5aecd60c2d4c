import { NoSuchResourceException } from "@aws-sdk/client-service-quotas";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { needsOf } from "../../../../cli/commands/doctor/needs";
import {
  checkQuotas,
  countCheck,
  QUOTAS,
  vcpuCheck,
  type QuotaClients,
} from "../../../../cli/commands/doctor/quotas";
import { othersUse } from "../../../../cli/commands/doctor/usage";
import { stacksOf } from "../../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../../support/environments";
import { spoil } from "../../../support/spoil";
import { fakeClients, type Answers } from "../../../support/fake-clients";

const demo = stacksOf([ephemeralEnvironment]);

describe("needs", () => {
  it("are for the maximum number of tasks: a quarter of a vCPU each, the first one on demand", () => {
    expect(needsOf(demo)).toEqual({
      onDemandVcpus: 0.25,
      spotVcpus: 0.75,
      elasticIps: 1,
      vpcs: 1,
      natGatewaysByZone: { "us-east-1a": 1 },
    });
  });

  it("add up over stacks: AutoMock 200 + 1, Task API 10 + 3, each a quarter; 3 + 2 + 1 + 1 NAT gateways", () => {
    expect(needsOf(stacksOf([prodEnvironment, stagingEnvironment]))).toEqual({
      onDemandVcpus: (200 + 1 + 10 + 3) / 4,
      spotVcpus: 19 / 4,
      elasticIps: 7,
      vpcs: 4,
      natGatewaysByZone: { "us-east-1a": 4, "us-east-1b": 2, "us-east-1c": 1 },
    });
  });

  it.each([
    ["none", {}, 0],
    ["regional", { "us-east-1a": 1, "us-east-1b": 1 }, 2],
  ] as const)("of %s NAT gateways", (natGateways, natGatewaysByZone, elasticIps) => {
    const environment = spoil(ephemeralEnvironment, "automock.network.natGateways", natGateways);
    expect(needsOf(stacksOf([environment]))).toMatchObject({
      natGatewaysByZone,
      elasticIps,
    });
  });

  it("cover custom sizes, and more on-demand tasks than the maximum", () => {
    const automock = {
      ...ephemeralEnvironment.automock,
      size: { cpuUnits: 4096, memoryMiB: 8192 },
      capacity: { spotAfter: 9 },
    };
    expect(needsOf(stacksOf([{ ...ephemeralEnvironment, automock }]))).toMatchObject({
      onDemandVcpus: 16,
      spotVcpus: 0,
    });
  });

  it("leave out a stack without a file", () => {
    const [{ definition: _, ...ref }] = demo as [(typeof demo)[0]];
    expect(needsOf([ref])).toMatchObject({ vpcs: 0, onDemandVcpus: 0 });
  });
});

const more = (service: string, code: string, value: number) =>
  `Reduce the number of tasks or stacks, or request an increase (takes hours to days): aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value} --region us-east-1`;

describe("vCPUs", () => {
  const check = (needed: number, allowed?: number, running?: number) =>
    vcpuCheck(QUOTAS.onDemand, { needed, allowed, running }, "us-east-1");
  const name = "Fargate On-Demand vCPUs";

  it.each([
    [
      check(50, 100),
      { name, status: "ok", found: "50 required at the maximum number of tasks, 100 allowed" },
    ],
    [
      check(0, 0, 3),
      {
        name,
        status: "ok",
        found: "0 required at the maximum number of tasks, 0 allowed; 3 in use in the account now",
      },
    ],
    [
      check(50.25, 100.4),
      {
        name,
        status: "warning",
        found:
          "50.25 required at the maximum number of tasks, 100.4 allowed; a deployment at full load temporarily runs twice as many tasks and requires 100.5",
        fix: more("fargate", "L-3032A538", 101),
      },
    ],
    [
      check(50.25, 6, 1),
      {
        name,
        status: "failed",
        found: "50.25 required at the maximum number of tasks, 6 allowed; 1 in use in the account now",
        fix: more("fargate", "L-3032A538", 51),
      },
    ],
    [
      check(1),
      { name, status: "skipped", found: "Service Quotas has no quota fargate/L-3032A538 in this region" },
    ],
  ])("%#", (found, expected) => expect(found).toEqual(expected));
});

describe("counts", () => {
  const check = (needed: number, others: number, allowed?: number) =>
    countCheck(QUOTAS.elasticIps, { needed, others, allowed }, "us-east-1");
  it("fit up to the last one", () => {
    const found = (taken: number) => `3 required, ${taken} used by others, 5 allowed`;
    expect(check(3, 2, 5)).toEqual({ name: "Elastic IP addresses", status: "ok", found: found(2) });
    expect(check(3, 3, 5)).toEqual({
      name: "Elastic IP addresses",
      status: "failed",
      found: found(3),
      fix: more("ec2", "L-0263D0A3", 6),
    });
    expect(check(3, 3)).toMatchObject({ status: "skipped" });
  });
});

const tags = (environment: string) => [
  { Key: "automock:system", Value: "automock" },
  { Key: "automock:environment", Value: environment },
];
const EC2 = {
  DescribeAddresses: () => ({ Addresses: [{ Tags: tags("pr-123") }, { Tags: tags("pr-9") }, {}] }),
  DescribeVpcs: () => ({ Vpcs: [{ Tags: tags("pr-123") }, {}] }),
  DescribeSubnets: () => ({
    Subnets: [
      { SubnetId: "s-a", AvailabilityZone: "us-east-1a" },
      { SubnetId: "s-b", AvailabilityZone: "us-east-1b" },
    ],
  }),
  DescribeNatGateways: () => ({
    NatGateways: [
      { SubnetId: "s-a", Tags: tags("pr-123") },
      { SubnetId: "s-a", Tags: tags("pr-9") },
      { SubnetId: "s-b" },
      { SubnetId: "s-b" },
      { SubnetId: "s-b" },
    ],
  }),
} satisfies Answers;

/** The paginators of the SDK want a real `EC2Client`. */
async function ec2That(answers: Answers): Promise<EC2Client> {
  const { EC2Client } = await import("@aws-sdk/client-ec2");
  const client = new EC2Client({ region: "us-east-1" });
  client.send = (fakeClients(answers).ec2 as unknown as EC2Client).send;
  return client;
}

it("counts as others' use what lacks the tags of these stacks", async () => {
  expect(await othersUse(await ec2That(EC2), demo)).toEqual({
    elasticIps: 2,
    vpcs: 1,
    natGatewaysByZone: { "us-east-1a": 1, "us-east-1b": 3 },
  });
});

describe("all quotas", () => {
  const none = () => {
    throw new NoSuchResourceException({ message: "none", $metadata: {} });
  };
  const UsageMetric = {
    MetricNamespace: "AWS/Usage",
    MetricName: "ResourceCount",
    MetricDimensions: { Service: "Fargate" },
  };

  async function look(values: Record<string, number>, defaults: Record<string, number> = {}) {
    const answer = (from: Record<string, number>) => (input: { QuotaCode: string }) => {
      const Value = from[input.QuotaCode];
      return Value === undefined
        ? none()
        : { Quota: { Value, ...(input.QuotaCode === "L-3032A538" && { UsageMetric }) } };
    };
    const fakes = fakeClients({
      GetServiceQuota: answer(values),
      GetAWSDefaultServiceQuota: answer(defaults),
      GetMetricStatistics: () => ({ Datapoints: [{ Maximum: 2 }, { Maximum: 7 }, {}] }),
    });
    const clients = {
      quotas: fakes.sts,
      cloudWatch: fakes.cloudWatch,
      ec2: await ec2That(EC2),
    } as unknown as QuotaClients;
    return { checks: await checkQuotas(clients, demo, "us-east-1"), fakes };
  }

  it("are compared with the account's quota or else AWS's default; the fullest zone counts", async () => {
    const { checks, fakes } = await look(
      { "L-3032A538": 6, "L-36FBB829": 0, "L-FE5A380F": 2, "L-F678F1CE": 1 },
      { "L-0263D0A3": 5 },
    );
    expect(checks.map(({ name, status, found }) => [name, status, found])).toEqual([
      [
        "Fargate On-Demand vCPUs",
        "ok",
        "0.25 required at the maximum number of tasks, 6 allowed; 7 in use in the account now",
      ],
      ["Fargate Spot vCPUs", "failed", "0.75 required at the maximum number of tasks, 0 allowed"],
      ["Elastic IP addresses", "ok", "1 required, 2 used by others, 5 allowed"],
      ["NAT gateways per zone", "ok", "1 required in us-east-1a, 1 used by others, 2 allowed"],
      ["VPCs", "failed", "1 required, 1 used by others, 1 allowed"],
    ]);
    const [[, metric]] = fakes.calls.filter(([name]) => name === "GetMetricStatistics") as [[string, object]];
    expect(metric).toMatchObject({
      Namespace: "AWS/Usage",
      MetricName: "ResourceCount",
      Dimensions: [{ Name: "Service", Value: "Fargate" }],
      Statistics: ["Maximum"],
    });
  });

  it("are skipped if AWS has no such quota", async () => {
    const { checks } = await look({});
    expect(checks.map(({ status }) => status)).toEqual(Array(5).fill("skipped"));
  });
});
