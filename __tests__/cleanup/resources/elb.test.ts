import { loadBalancerOf } from "../../../cleanup/resources/elb";
import { awsError } from "../../support/fake-clients";
import { env, found, handlerOf, TAG_LIST } from "../../support/handlers";

const LB = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/n/1";

const LISTENER = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/n/1/2";

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

describe("a load balancer", () => {
  const TYPE = "elasticloadbalancing:load-balancer";

  test("is deleted with one call", async () => {
    const { handler, calls } = handlerOf(TYPE, { DeleteLoadBalancer: () => ({}) });
    expect(handler.prepare).toBeUndefined();
    expect(await handler.remove(found(TYPE, LB))).toEqual({ kind: "accepted" });
    expect(calls).toEqual([["DeleteLoadBalancer", { LoadBalancerArn: LB }]]);
  });

  test("that is protected from deletion loses the protection first", async () => {
    let isProtected = true;
    const { handler, calls } = handlerOf(TYPE, {
      DeleteLoadBalancer: () => {
        if (isProtected) throw awsError("OperationNotPermittedException");
      },
      ModifyLoadBalancerAttributes: () => {
        isProtected = false;
      },
    });
    expect(await handler.remove(found(TYPE, LB))).toEqual({ kind: "accepted" });
    const off = [{ Key: "deletion_protection.enabled", Value: "false" }];
    expect(calls).toEqual([
      ["DeleteLoadBalancer", { LoadBalancerArn: LB }],
      ["ModifyLoadBalancerAttributes", { LoadBalancerArn: LB, Attributes: off }],
      ["DeleteLoadBalancer", { LoadBalancerArn: LB }],
    ]);
  });

  test.each([
    ["ResourceInUseException", { kind: "blocked", by: ["ResourceInUseException"] }, 1],
    ["OperationNotPermittedException", { kind: "bug", error: "OperationNotPermittedException" }, 3],
  ])("that AWS keeps for another reason, %s, stays", async (name, outcome, count) => {
    const { handler, calls } = handlerOf(TYPE, {
      DeleteLoadBalancer: () => {
        throw awsError(name);
      },
      ModifyLoadBalancerAttributes: () => ({}),
    });
    expect(await handler.remove(found(TYPE, LB))).toEqual(outcome);
    expect(calls).toHaveLength(count);
  });
});
