import { jsonAnswer, type Call, type ServicePatch } from "../../../../local/gateway/call";
import { applicationAutoScaling } from "../../../../local/gateway/services/application-autoscaling";
import { ec2 } from "../../../../local/gateway/services/ec2";
import { Quotas } from "../../../../local/gateway/quotas";
import { serviceQuotas } from "../../../../local/gateway/services/service-quotas";
import { s3, withoutConditionalDenies } from "../../../../local/gateway/services/s3";
import { bodyOf, call, failing, form, json, motoThat, request, textOf } from "../wire";

describe("application auto scaling", () => {
  const ARN = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/1";
  const sender = (patch: ServicePatch) => async (operation: string, input: unknown) => {
    const { forward } = motoThat(() => ({ ScalableTargetARN: ARN }));
    return bodyOf(await patch(call(json("application-autoscaling", operation, input)), forward));
  };

  const noService: ServicePatch = () => {
    throw new Error("no service is asked about");
  };

  it.each([
    ["raises a service to the lower bound", { MinCapacity: 8 }, [8]],
    ["lowers it to the upper bound", { MinCapacity: 0, MaxCapacity: 0 }, [0]],
    ["leaves a service within them", { MinCapacity: 1, MaxCapacity: 3 }, []],
  ])("%s", async (_what, bounds, expected) => {
    const counts: unknown[] = [];
    const { forward } = motoThat(() => ({ ScalableTargetARN: ARN }));
    const service: ServicePatch = async ({ operation, body }) => {
      const input = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
      expect([input.cluster, operation === "UpdateService" ? input.service : input.services]).toEqual(
        operation === "UpdateService" ? ["c", "s"] : ["c", ["s"]],
      );
      if (operation === "UpdateService") counts.push(input.desiredCount);
      return jsonAnswer({ services: [{ desiredCount: 2 }] });
    };
    const wire = json("application-autoscaling", "RegisterScalableTarget", {
      ...bounds,
      ResourceId: "service/c/s",
    });
    await applicationAutoScaling(service)(call(wire), forward);
    expect(counts).toEqual(expected);
  });

  it("keeps tags by target", async () => {
    const send = sender(applicationAutoScaling(noService));
    expect(await send("ListTagsForResource", { ResourceARN: ARN })).toEqual({ Tags: {} });
    expect(await send("RegisterScalableTarget", { Tags: { a: "1", b: "2" } })).toEqual({
      ScalableTargetARN: ARN,
    });
    expect(await send("TagResource", { ResourceARN: ARN, Tags: { b: "3", c: "4" } })).toEqual({});
    expect(await send("UntagResource", { ResourceARN: ARN, TagKeys: ["a"] })).toEqual({});
    expect(await send("ListTagsForResource", { ResourceARN: ARN })).toEqual({ Tags: { b: "3", c: "4" } });
  });

  it("has no scaling activity, because no policy scales", async () => {
    const send = sender(applicationAutoScaling(noService));
    expect(await send("DescribeScalingActivities", {})).toEqual({ ScalingActivities: [] });
  });

  it("keeps them when a target is registered again without any", async () => {
    const send = sender(applicationAutoScaling(noService));
    await send("RegisterScalableTarget", { Tags: { a: "1" } });
    await send("RegisterScalableTarget", { MaxCapacity: 5 });
    expect(await send("ListTagsForResource", { ResourceARN: ARN })).toEqual({ Tags: { a: "1" } });
  });

  it("keeps none of a refused registration and passes other calls on", async () => {
    const patch = applicationAutoScaling(noService);
    await patch(
      call(json("application-autoscaling", "RegisterScalableTarget", { Tags: { a: "1" } })),
      failing,
    );
    const send = sender(patch);
    expect(await send("ListTagsForResource", { ResourceARN: ARN })).toEqual({ Tags: {} });
    expect(await send("DescribeScalableTargets", {})).toEqual({ ScalableTargetARN: ARN });
  });
});

describe("service quotas", () => {
  const ask = async (operation: string, ServiceCode: string, QuotaCode: string) => {
    const { forward } = motoThat(() => "from moto");
    const wire = json("servicequotas", operation, { ServiceCode, QuotaCode });
    return textOf(await serviceQuotas(new Quotas())(call(wire), forward));
  };

  it("knows those that the doctor asks for, and leaves the others to moto", async () => {
    expect(JSON.parse(await ask("GetServiceQuota", "fargate", "L-3032A538"))).toEqual({
      Quota: {
        ServiceCode: "fargate",
        QuotaCode: "L-3032A538",
        QuotaName: "Fargate On-Demand vCPU resource count",
        Value: 128,
        Adjustable: true,
      },
    });
    expect(await ask("GetServiceQuota", "ec2", "L-3032A538")).toBe("from moto");
    expect(await ask("GetServiceQuota", "vpc", "L-407747CB")).toBe("from moto");
    expect(await ask("ListServiceQuotas", "fargate", "L-3032A538")).toBe("from moto");
  });
});

describe("s3", () => {
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };
  const tlsOnly = { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } };
  const allow = { Effect: "Allow", Principal: { Service: "x" }, Action: "s3:PutObject", Resource: "*" };
  const policy = (...statements: object[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const to = (method: string, path: string, body = "") => call(request("s3", { method, path, body }));

  it.each([
    [policy(tlsOnly, allow), policy(allow)],
    [policy(deny, tlsOnly), policy(deny)],
    [policy(tlsOnly), undefined],
    [JSON.stringify({ Version: "2012-10-17", Statement: tlsOnly }), undefined],
    ["not JSON", "not JSON"],
  ])("hides conditional denies of %s", (given, expected) =>
    expect(withoutConditionalDenies(given)).toBe(expected),
  );

  it("reads a policy back as it was written, and moto gets what it can understand", async () => {
    const patch = s3();
    const moto = motoThat(() => "from moto");
    const written = policy(tlsOnly, allow);
    await patch(to("PUT", "/b?policy=", written), moto.forward);
    expect(moto.asked.map((asked) => [asked.method, asked.body.toString()])).toEqual([
      ["PUT", policy(allow)],
    ]);
    const read = await patch(to("GET", "/b?policy="), moto.forward);
    expect([read.status, read.headers, textOf(read)]).toEqual([
      200,
      { "content-type": "application/json" },
      written,
    ]);
    expect(textOf(await patch(to("GET", "/other?policy="), moto.forward))).toBe("from moto");
  });

  it("deletes moto's policy when none of its statements is left", async () => {
    const moto = motoThat(() => "");
    await s3()(to("PUT", "/b?policy=", policy(tlsOnly)), moto.forward);
    expect(
      moto.asked.map((asked) => [asked.method, asked.operation, asked.rawQuery, asked.body.length]),
    ).toEqual([["DELETE", "DeleteBucketPolicy", "?policy=", 0]]);
  });

  it.each(["/b?policy=", "/b"])(
    "forgets the policy after DELETE %s, unless that was refused",
    async (path) => {
      const patch = s3();
      const moto = motoThat(() => "from moto");
      const read = async () => textOf(await patch(to("GET", "/b?policy="), moto.forward));
      await patch(to("PUT", "/b?policy=", policy(tlsOnly)), moto.forward);
      await patch(to("DELETE", path), failing);
      expect(await read()).toBe(policy(tlsOnly));
      await patch(to("DELETE", path), moto.forward);
      expect(await read()).toBe("from moto");
    },
  );

  it("does not keep a refused policy", async () => {
    const patch = s3();
    await patch(to("PUT", "/b?policy=", policy(tlsOnly)), failing);
    expect(textOf(await patch(to("GET", "/b?policy="), motoThat(() => "none").forward))).toBe("none");
  });

  it("remembers that a bucket notifies EventBridge, until it does not", async () => {
    const patch = s3();
    const empty = '<NotificationConfiguration xmlns="x"/>';
    const moto = motoThat(() => empty);
    const read = async () => textOf(await patch(to("GET", "/b?notification="), moto.forward));
    const put = (body: string) => patch(to("PUT", "/b?notification=", body), moto.forward);
    expect(await read()).toBe(empty);
    await put(
      "<NotificationConfiguration><EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>",
    );
    expect(await read()).toBe(
      '<NotificationConfiguration xmlns="x"><EventBridgeConfiguration/></NotificationConfiguration>',
    );
    await put("<NotificationConfiguration></NotificationConfiguration>");
    expect(await read()).toBe(empty);
  });

  it("adds EventBridge to the notifications moto knows", async () => {
    const patch = s3();
    const body = "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>";
    const known =
      "<NotificationConfiguration><QueueConfiguration>q</QueueConfiguration></NotificationConfiguration>";
    await patch(to("PUT", "/b?notification=", body), motoThat(() => "").forward);
    expect(textOf(await patch(to("GET", "/b?notification="), motoThat(() => known).forward))).toBe(
      "<NotificationConfiguration><EventBridgeConfiguration/><QueueConfiguration>q</QueueConfiguration></NotificationConfiguration>",
    );
  });
});

describe("ec2", () => {
  const to = (parameters: Record<string, string>): Call =>
    call(form("ec2", { Version: "2016-11-15", ...parameters }));
  const rules = (...inner: string[]) =>
    `<R><securityGroupRuleSet>${inner.map((text) => `<item>${text}</item>`).join("")}</securityGroupRuleSet></R>`;
  const rule = (id: string, rest = "") => `<securityGroupRuleId>${id}</securityGroupRuleId>${rest}`;
  const describeRules = to({ Action: "DescribeSecurityGroupRules" });

  it.each([
    ["Ingress", "Groups"],
    ["Egress", "PrefixListIds"],
  ])("keeps the description of an %s rule by %s", async (direction, kind) => {
    const patch = ec2();
    const authorize = to({
      Action: `AuthorizeSecurityGroup${direction}`,
      GroupId: "sg-1",
      [`IpPermissions.1.${kind}.1.Description`]: "from <here> & there",
    });
    await patch(authorize, motoThat(() => rules(rule("sgr-1"))).forward);
    const moto = motoThat(() => rules(rule("sgr-0"), rule("sgr-1", "<tagSet/>")));
    expect(textOf(await patch(describeRules, moto.forward))).toBe(
      rules(
        rule("sgr-0"),
        rule("sgr-1", "<description>from &lt;here&gt; &amp; there</description><tagSet/>"),
      ),
    );
  });

  it("lets moto's own description stand, also after a change", async () => {
    const patch = ec2();
    const described = { "IpPermissions.1.Groups.1.Description": "old" };
    const authorize = to({ Action: "AuthorizeSecurityGroupIngress", ...described });
    await patch(authorize, motoThat(() => rules(rule("sgr-1"))).forward);
    const own = rules(rule("sgr-1", "<description>moto's</description>"));
    expect(textOf(await patch(describeRules, motoThat(() => own).forward))).toBe(own);
    const modify = to({
      Action: "ModifySecurityGroupRules",
      "SecurityGroupRule.1.SecurityGroupRuleId": "sgr-1",
    });
    await patch(modify, motoThat(() => "<R/>").forward);
    const bare = rules(rule("sgr-1"));
    expect(textOf(await patch(describeRules, motoThat(() => bare).forward))).toBe(bare);
  });

  it("deletes the network interface of a deleted NAT gateway", async () => {
    const moto = motoThat(({ operation }) =>
      operation === "DescribeNatGateways" ? "<networkInterfaceId>eni-1</networkInterfaceId>" : "<R/>",
    );
    await ec2()(to({ Action: "DeleteNatGateway", NatGatewayId: "nat-1" }), moto.forward);
    expect(moto.asked.slice(1).map((asked) => [asked.operation, asked.body.toString()])).toEqual([
      ["DescribeNatGateways", "Action=DescribeNatGateways&NatGatewayId.1=nat-1&Version=2016-11-15"],
      ["DeleteNetworkInterface", "Action=DeleteNetworkInterface&NetworkInterfaceId=eni-1&Version=2016-11-15"],
    ]);
  });

  it("deletes the network interfaces of a terminated instance, of none that is not terminated", async () => {
    const moto = motoThat(({ operation }) =>
      operation === "DescribeInstances" ? "<networkInterfaceId>eni-1</networkInterfaceId>" : "<R/>",
    );
    const terminate = to({ Action: "TerminateInstances", "InstanceId.1": "i-1" });
    await ec2()(terminate, moto.forward);
    expect(moto.asked.map((asked) => asked.operation)).toEqual([
      "DescribeInstances",
      "TerminateInstances",
      "DeleteNetworkInterface",
    ]);
    expect(moto.asked[0]!.body.toString()).toBe(
      "Action=DescribeInstances&InstanceId.1=i-1&Version=2016-11-15",
    );
    expect((await ec2()(terminate, failing)).status).toBe(400);
  });

  it("hides the ACLs of deleted VPCs", async () => {
    const patch = ec2();
    const acl = (vpc: string) => `<item><entrySet><item>1</item></entrySet><vpcId>${vpc}</vpcId></item>`;
    const acls = (...inner: string[]) => `<R><networkAclSet>${inner.join("")}</networkAclSet></R>`;
    const describeAcls = to({ Action: "DescribeNetworkAcls" });
    const moto = motoThat(() => acls(acl("vpc-1"), acl("vpc-2")));
    await patch(to({ Action: "DeleteVpc", VpcId: "vpc-1" }), failing);
    expect(textOf(await patch(describeAcls, moto.forward))).toBe(acls(acl("vpc-1"), acl("vpc-2")));
    await patch(to({ Action: "DeleteVpc", VpcId: "vpc-1" }), motoThat(() => "<R/>").forward);
    expect(textOf(await patch(describeAcls, moto.forward))).toBe(acls(acl("vpc-2")));
    expect(textOf(await patch(describeAcls, motoThat(() => "<R><networkAclSet/></R>").forward))).toBe(
      "<R><networkAclSet/></R>",
    );
  });
});
