import { loadBalancerOf } from "../../../cleanup/resources/elb";
import { awsError } from "../../support/fake-clients";
import { env, found, handlerOf, TAG_LIST } from "../../support/handlers";

const LB = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/n/1";
const LISTENER = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/n/1/2";

describe("EC2", () => {
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
      DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: "sg-1", GroupName: "default" }] }),
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

  test("interfaces of services go with their owners; only a free one is ours to delete", async () => {
    const card = (id: string, more: object) => ({
      NetworkInterfaceId: id,
      Status: "available",
      InterfaceType: "interface",
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
});

describe("load balancing", () => {
  test("listeners of one's own load balancer go with it and are not listed", async () => {
    const { list, calls } = handlerOf("elasticloadbalancing:listener", {});
    expect(
      await list(
        env({ "elasticloadbalancing:listener": [LISTENER], "elasticloadbalancing:load-balancer": [LB] }),
      ),
    ).toEqual([]);
    expect(calls).toEqual([]);
    expect(loadBalancerOf(LISTENER)).toBe(LB);
    expect(loadBalancerOf(LISTENER.replace(":listener/", ":listener-rule/") + "/3")).toBe(LB);
  });

  test("a listener of a foreign load balancer is listed while Describe knows it, whatever the tags say", async () => {
    let Listeners: object[] = [{}];
    const { list } = handlerOf("elasticloadbalancing:listener", {
      DescribeListeners: () => ({ Listeners }),
      DescribeTags: () => ({ TagDescriptions: [{ ResourceArn: LISTENER, Tags: TAG_LIST }] }),
    });
    const scope = env({ "elasticloadbalancing:listener": [LISTENER] });
    expect((await list(scope)).map(({ id }) => id)).toEqual([LISTENER]);
    Listeners = [];
    expect(await list(scope)).toEqual([]);
  });

  test("tags are asked for twenty at a time", async () => {
    const arns = Array.from({ length: 45 }, (_, i) => `${LB}${i}`);
    const { list, calls } = handlerOf("elasticloadbalancing:load-balancer", {
      DescribeLoadBalancers: () => ({
        LoadBalancers: arns.map((LoadBalancerArn) => ({ LoadBalancerArn, VpcId: "vpc-1" })),
      }),
      DescribeTags: ({ ResourceArns }: { ResourceArns: string[] }) => ({
        TagDescriptions: ResourceArns.map((ResourceArn) => ({ ResourceArn, Tags: TAG_LIST })),
      }),
    });
    expect(await list(env({}, ["vpc-1"]))).toHaveLength(45);
    const asked = calls.filter(([name]) => name === "DescribeTags").map(([, input]) => input.ResourceArns);
    expect(asked.map((some) => (some as string[]).length)).toEqual([20, 20, 5]);
  });
});
