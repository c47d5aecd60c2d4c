import { createHandlers } from "../../../cleanup/resources";
import { awsError, fakeClients } from "../../support/fake-clients";
import { env, found, handlerOf, TAG_LIST } from "../../support/handlers";

test.each([
  ["ec2:vpc-endpoint", "DeleteVpcEndpoints", "vpce-1"],
  ["ec2:flow-log", "DeleteFlowLogs", "fl-1"],
])("EC2 %s: Unsuccessful[] counts", async (type, command, id) => {
  const { handler } = handlerOf(type, {
    [command]: () => ({
      Unsuccessful: [{ ResourceId: id, Error: { Code: "DependencyViolation", Message: "x" } }],
    }),
  });
  expect(await handler.remove(found(type, id))).toEqual({
    kind: "blocked",
    by: ["DependencyViolation: x"],
  });
});

test("fixed-sleep: a deleted NAT gateway is absent, a deleting one is waited for", async () => {
  let State = "deleting";
  const { handler } = handlerOf("ec2:nat-gateway", {
    DescribeNatGateways: () => ({ NatGateways: [{ NatGatewayId: "nat-1", State }] }),
  });
  expect(await handler.look(found("ec2:nat-gateway", "nat-1"))).toBe("deleting");
  State = "deleted";
  expect(await handler.look(found("ec2:nat-gateway", "nat-1"))).toBe("absent");
});

test("foreign-eip: only addresses by tag and by the state's ids are listed", async () => {
  const { list, calls } = handlerOf("ec2:elastic-ip", { DescribeAddresses: () => ({ Addresses: [] }) });
  await list(
    env({ "ec2:elastic-ip": ["eipalloc-1", "arn:aws:ec2:us-east-1:1:elastic-ip/eipalloc-1"] }, ["vpc-1"]),
  );
  expect(calls.map(([, { Filters }]) => Filters)).toEqual([
    [{ Name: "tag:automock:environment", Values: ["pr-1"] }],
    [{ Name: "allocation-id", Values: ["eipalloc-1"] }],
  ]);
});

test("shared-vpc-wipe: all pages are read, and nothing twice", async () => {
  const { list } = handlerOf("ec2:subnet", {
    DescribeSubnets: ({ NextToken }: { NextToken?: string }) =>
      NextToken
        ? { Subnets: [{ SubnetId: "subnet-2", Tags: TAG_LIST }] }
        : { Subnets: [{ SubnetId: "subnet-1", Tags: TAG_LIST }], NextToken: "more" },
  });
  expect((await list(env({}, ["vpc-1"]))).map(({ id }) => id)).toEqual(["subnet-1", "subnet-2"]);
});

test("environments that are deleted at the same time share their requests", async () => {
  type Input = { readonly Filters: readonly { readonly Name: string; readonly Values: readonly string[] }[] };
  const names = ["pr-1", "pr-2", "pr-3"];
  const read = fakeClients({
    DescribeSubnets: ({ Filters: [filter] }: Input) => ({
      Subnets: names
        .map((name) => ({
          SubnetId: `subnet-${name}`,
          VpcId: `vpc-${name}`,
          Tags: [{ Key: "automock:environment", Value: name }],
        }))
        .filter(({ SubnetId, VpcId, Tags }) =>
          filter!.Values.some((value) => [SubnetId, VpcId, Tags[0]!.Value].includes(value)),
        ),
    }),
  });
  // Each environment has a session of its own; the clients that read are one set for all.
  const handlers = names.map(() =>
    createHandlers({ read, write: fakeClients({}) }).find(({ type }) => type === "ec2:subnet")!,
  );
  const listed = await Promise.all(
    names.map(async (environment, i) => {
      const ids: string[] = [];
      const scope = { ...env({}, [`vpc-${environment}`]), environment };
      for await (const { id } of handlers[i]!.list(scope)) ids.push(id);
      return ids;
    }),
  );
  expect(listed).toEqual([["subnet-pr-1"], ["subnet-pr-2"], ["subnet-pr-3"]]);
  const looks = await Promise.all(
    [...names, "gone"].map((name, i) => handlers[i % 3]!.look(found("ec2:subnet", `subnet-${name}`))),
  );
  expect(looks).toEqual(["present", "present", "present", "absent"]);
  expect(read.calls.map(([, { Filters }]) => Filters)).toEqual([
    [{ Name: "tag:automock:environment", Values: names }],
    [{ Name: "vpc-id", Values: ["vpc-pr-1", "vpc-pr-2", "vpc-pr-3"] }],
    [{ Name: "subnet-id", Values: ["subnet-pr-1", "subnet-pr-2", "subnet-pr-3", "subnet-gone"] }],
  ]);
});

test("a listing whose page fails is an error, never a short list", async () => {
  const { list } = handlerOf("ec2:subnet", {
    DescribeSubnets: ({ NextToken }: { NextToken?: string }) => {
      if (NextToken) throw awsError("RequestLimitExceeded");
      return { Subnets: [{ SubnetId: "subnet-1" }], NextToken: "more" };
    },
  });
  await expect(list(env())).rejects.toMatchObject({ name: "RequestLimitExceeded" });
});

test("what AWS made in a VPC is listed as built in", async () => {
  const { list } = handlerOf("ec2:security-group", {
    DescribeSecurityGroups: () => ({
      SecurityGroups: [{ GroupId: "sg-1", GroupName: "default", VpcId: "vpc-1" }],
    }),
  });
  expect(await list(env({}, ["vpc-1"]))).toMatchObject([{ builtIn: "default security group of its VPC" }]);
});

test("one-try-vpc: a security group in use names the interfaces and groups that block it", async () => {
  const { handler } = handlerOf("ec2:security-group", {
    DeleteSecurityGroup: () => {
      throw awsError("DependencyViolation");
    },
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Description: "ELB app/n/1" }],
    }),
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: "sg-2" }, { GroupId: "sg-1" }] }),
  });
  expect(await handler.remove(found("ec2:security-group", "sg-1"))).toEqual({
    kind: "blocked",
    by: ["ec2:security-group sg-2 refers to it", "ec2:network-interface eni-1 (ELB app/n/1)"],
  });
});

test("a VPC in use names other people's interfaces, subnets, security groups and gateways in it", async () => {
  const { handler } = handlerOf("ec2:vpc", {
    DeleteVpc: () => {
      throw awsError("DependencyViolation");
    },
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Attachment: { InstanceId: "i-1" } }],
    }),
    DescribeSubnets: () => ({ Subnets: [{ SubnetId: "subnet-9" }] }),
    DescribeSecurityGroups: () => ({
      SecurityGroups: [
        { GroupId: "sg-1", GroupName: "default" },
        { GroupId: "sg-9", GroupName: "theirs" },
      ],
    }),
    DescribeInternetGateways: () => ({ InternetGateways: [{ InternetGatewayId: "igw-9" }] }),
  });
  expect(await handler.remove(found("ec2:vpc", "vpc-1"))).toEqual({
    kind: "blocked",
    by: [
      "ec2:network-interface eni-1 (instance i-1)",
      "ec2:subnet subnet-9",
      "ec2:security-group sg-9 (theirs)",
      "ec2:internet-gateway igw-9",
    ],
  });
});

test("an interface says which instance uses it", async () => {
  const { list } = handlerOf("ec2:network-interface", {
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: "eni-1",
          VpcId: "vpc-1",
          Status: "in-use",
          Attachment: { InstanceId: "i-1" },
        },
      ],
    }),
  });
  expect(await list(env({}, ["vpc-1"]))).toMatchObject([{ presence: "deleting", usedBy: "instance i-1" }]);
});

test("interfaces of services go with their owners; only a free one is ours to delete", async () => {
  const card = (id: string, more: object) => ({
    NetworkInterfaceId: id,
    Status: "available",
    InterfaceType: "interface",
    VpcId: "vpc-1",
    ...more,
  });
  const { list } = handlerOf("ec2:network-interface", {
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [
        card("free", {}),
        card("used", { Status: "in-use" }),
        card("managed", { RequesterManaged: true }),
        card("nat", { InterfaceType: "nat_gateway" }),
      ],
    }),
  });
  expect((await list(env({}, ["vpc-1"]))).map(({ id, presence }) => [id, presence])).toEqual([
    ["free", "present"],
    ["used", "deleting"],
    ["managed", "deleting"],
    ["nat", "deleting"],
  ]);
});

test.each([
  ["AWS Lambda VPC ENI-automock-pr-1-x", {}, "Lambda"],
  ["arn:aws:ecs:us-east-1:111122223333:attachment/0a1b", {}, "ECS"],
  ["ELB app/automock-pr-1/1", {}, "Elastic Load Balancing"],
  ["Interface for NAT Gateway nat-1", {}, "a NAT gateway"],
  ["VPC Endpoint Interface vpce-1", {}, "a VPC endpoint"],
  ["RDSNetworkInterface", {}, "RDS"],
  ["something new", { RequesterManaged: true, RequesterId: "amazon-new" }, "amazon-new"],
  ["a person's, for the ELB app/x", { RequesterId: "AIDA" }, undefined],
  ["", {}, undefined],
])("who created the interface %p", async (Description, more, createdBy) => {
  const { list } = handlerOf("ec2:network-interface", {
    DescribeNetworkInterfaces: () => ({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", VpcId: "vpc-1", Description, ...more }],
    }),
  });
  expect((await list(env({}, ["vpc-1"]))).map((one) => one.createdBy)).toEqual([createdBy]);
});
