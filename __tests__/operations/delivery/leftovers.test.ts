import { findLeftovers, type LeftoverClients } from "../../../operations/delivery/leftovers";
import { awsError, fakeClients, type Answers } from "../../support/fake-clients";

const NAT = "arn:aws:ec2:us-east-1:123456789012:natgateway/nat-1";
const INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-1";
const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/automock-demo";
const SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/automock-demo/automock-demo-mockserver";
const TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/automock-demo-mockserver:1";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:task-api-demo-AbCdEf";
const BUCKET = "arn:aws:s3:::automock-demo-config";

/** @param looks ARNs that each look finds; the last one goes on */
async function search(looks: readonly (readonly string[])[], answers: Answers = {}, attempts = 3) {
  let look = 0;
  let waits = 0;
  const fake = fakeClients({
    GetResources: () => ({
      ResourceTagMappingList: looks[Math.min(look++, looks.length - 1)]!.map((ResourceARN) => ({
        ResourceARN,
      })),
    }),
    DescribeLogGroups: () => ({}),
    ...answers,
  });
  const result = await findLeftovers(fake as unknown as LeftoverClients, {
    system: "automock",
    environment: "demo",
    attempts,
    wait: async () => void waits++,
  });
  return { ...result, waits, calls: fake.calls };
}

it("asks for both tags of the stack, and for every page", async () => {
  const pages = [
    { ResourceTagMappingList: [{ ResourceARN: BUCKET }], PaginationToken: "next" },
    { ResourceTagMappingList: [{ ResourceARN: `${BUCKET}-2` }], PaginationToken: "" },
  ];
  const { left, calls } = await search([], { GetResources: () => pages.shift() }, 1);
  expect(left).toEqual([BUCKET, `${BUCKET}-2`]);
  const TagFilters = [
    { Key: "automock:system", Values: ["automock"] },
    { Key: "automock:environment", Values: ["demo"] },
  ];
  expect(calls.filter(([name]) => name === "GetResources")).toEqual([
    ["GetResources", { TagFilters, PaginationToken: undefined }],
    ["GetResources", { TagFilters, PaginationToken: "next" }],
  ]);
});

it("finds nothing, at the first look", async () => {
  expect(await search([[]])).toMatchObject({ left: [], ghosts: [], waits: 0 });
});

it("waits for the tag index, which lags behind", async () => {
  expect(await search([[BUCKET], [BUCKET], []])).toMatchObject({ left: [], waits: 2 });
});

it("gives up at last, and names what is left", async () => {
  expect(await search([[BUCKET]])).toMatchObject({ left: [BUCKET], ghosts: [], waits: 2 });
});

const instance = (Name: string) => ({ Reservations: [{ Instances: [{ State: { Name } }] }] });

const GONE: readonly (readonly [string, string, unknown, string])[] = [
  [INSTANCE, "DescribeInstances", instance("terminated"), "terminated"],
  [NAT, "DescribeNatGateways", { NatGateways: [{ State: "deleted" }] }, "deleted"],
  [NAT, "DescribeNatGateways", { NatGateways: [] }, "not found"],
  [CLUSTER, "DescribeClusters", { clusters: [{ status: "INACTIVE" }] }, "INACTIVE"],
  [CLUSTER, "DescribeClusters", { clusters: [] }, "not found"],
  [SERVICE, "DescribeServices", { services: [{ status: "INACTIVE" }] }, "INACTIVE"],
  [TASK, "DescribeTaskDefinition", { taskDefinition: { status: "INACTIVE" } }, "INACTIVE"],
  [
    TASK,
    "DescribeTaskDefinition",
    { taskDefinition: { status: "DELETE_IN_PROGRESS" } },
    "DELETE_IN_PROGRESS",
  ],
  [KEY, "DescribeKey", { KeyMetadata: { KeyState: "PendingDeletion" } }, "PendingDeletion"],
  [SECRET, "DescribeSecret", { DeletedDate: new Date(0) }, "scheduled for deletion"],
];

it.each(GONE)("%s is a ghost when %s says %j", async (arn, operation, answer, state) => {
  expect(await search([[arn]], { [operation]: () => answer })).toMatchObject({
    left: [],
    ghosts: [{ arn, state }],
    waits: 0,
  });
});

const THERE: readonly (readonly [string, string, unknown])[] = [
  [INSTANCE, "DescribeInstances", instance("running")],
  [INSTANCE, "DescribeInstances", instance("shutting-down")],
  [NAT, "DescribeNatGateways", { NatGateways: [{ State: "available" }] }],
  [NAT, "DescribeNatGateways", { NatGateways: [{ State: "deleting" }] }],
  [CLUSTER, "DescribeClusters", { clusters: [{ status: "ACTIVE" }] }],
  [SERVICE, "DescribeServices", { services: [{ status: "DRAINING" }] }],
  [TASK, "DescribeTaskDefinition", { taskDefinition: { status: "ACTIVE" } }],
  [KEY, "DescribeKey", { KeyMetadata: { KeyState: "Enabled" } }],
  [SECRET, "DescribeSecret", {}],
];

it.each(THERE)("%s is left when %s says %j", async (arn, operation, answer) => {
  expect(await search([[arn]], { [operation]: () => answer })).toMatchObject({ left: [arn], ghosts: [] });
});

it.each([
  [NAT, "DescribeNatGateways", "NatGatewayNotFound"],
  [INSTANCE, "DescribeInstances", "InvalidInstanceID.NotFound"],
  [SERVICE, "DescribeServices", "ClusterNotFoundException"],
  [TASK, "DescribeTaskDefinition", "ClientException"],
  [KEY, "DescribeKey", "NotFoundException"],
  [SECRET, "DescribeSecret", "ResourceNotFoundException"],
])("%s is a ghost when %s fails with %s", async (arn, operation, name) => {
  const answers = {
    [operation]: () => {
      throw awsError(name);
    },
  };
  expect(await search([[arn]], answers)).toMatchObject({ left: [], ghosts: [{ arn, state: "not found" }] });
});

it("takes a refusal for no proof", async () => {
  const answers = {
    DescribeKey: () => {
      throw awsError("AccessDeniedException", "no");
    },
  };
  await expect(search([[KEY]], answers)).rejects.toThrow("no");
});

it("asks for a service in its own cluster", async () => {
  const { calls } = await search([[SERVICE]], { DescribeServices: () => ({}) });
  expect(calls).toContainEqual(["DescribeServices", { cluster: "automock-demo", services: [SERVICE] }]);
});

it("what a database keeps on purpose is not a leftover", async () => {
  const snapshot = "arn:aws:rds:us-east-1:123456789012:snapshot:task-api-prod-final-6a1c7a0e-30f6-7d0e";
  const backup = "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-abc";
  const other = "arn:aws:rds:us-east-1:123456789012:snapshot:task-api-prod-before-migration";
  expect(await search([[backup, snapshot]])).toMatchObject({ left: [], kept: [backup, snapshot], waits: 0 });
  expect(await search([[other, snapshot]], {}, 1)).toMatchObject({ left: [other], kept: [snapshot] });
});

describe("log groups", () => {
  const arn =
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/ecs/containerinsights/automock-demo/performance";
  const groups = (found: readonly string[]) => ({
    DescribeLogGroups: (({ logGroupNamePrefix, nextToken }: Record<string, string>) => {
      if (nextToken === undefined) return { nextToken: "next" };
      const logGroups = found
        .filter((one) => one.split(":log-group:")[1]!.startsWith(logGroupNamePrefix!))
        .map((one) => ({ arn: `${one}:*` }));
      return { logGroups };
    }) as (input: never) => unknown,
  });

  it("one that AWS has created again, without tags, is found by its name, on every page", async () => {
    expect(await search([[]], groups([arn]))).toMatchObject({ left: [arn], waits: 2 });
  });

  it("one with tags is named once, and those of other environments are not", async () => {
    const others = [arn.replace("-demo", "-demo2"), arn.replace("automock-demo", "task-api-demo")];
    expect(await search([[arn]], groups([arn, ...others]), 1)).toMatchObject({ left: [arn] });
  });

  it("asks for each of the stack's names", async () => {
    const { calls } = await search([[]]);
    expect(calls.slice(1).map(([, input]) => input["logGroupNamePrefix"])).toEqual([
      "/automock-demo/",
      "/aws/ecs/containerinsights/automock-demo/",
      "/aws/rds/instance/automock-demo/",
      "/aws/lambda/automock-demo/",
    ]);
  });
});
