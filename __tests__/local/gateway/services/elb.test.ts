import type { DataPlane } from "../../../../local/data-plane";
import type { Answer, Call, Forward } from "../../../../local/gateway/call";
import { elb } from "../../../../local/gateway/services/elb";

const OK: Answer = { status: 200, headers: {}, body: Buffer.from("<ok/>") };
const forward: Forward = () => Promise.resolve(OK);

const call = (operation: string, form: Record<string, string>): Call =>
  ({
    protocol: "query",
    service: "elasticloadbalancing",
    operation,
    body: Buffer.from(new URLSearchParams(form).toString()),
  }) as unknown as Call;

const protect = (arn: string, value: string) =>
  call("ModifyLoadBalancerAttributes", {
    LoadBalancerArn: arn,
    "Attributes.member.1.Key": "access_logs.s3.enabled",
    "Attributes.member.1.Value": "true",
    "Attributes.member.2.Key": "deletion_protection.enabled",
    "Attributes.member.2.Value": value,
  });
const remove = (arn: string) => call("DeleteLoadBalancer", { LoadBalancerArn: arn });

it("refuses to delete a protected load balancer, and only that one, until the protection is off", async () => {
  const patch = elb();
  expect(await patch(remove("a"), forward)).toBe(OK);
  expect(await patch(protect("a", "true"), forward)).toBe(OK);
  const refused = await patch(remove("a"), forward);
  expect(refused.status).toBe(400);
  expect(refused.body.toString()).toContain(
    "<Code>OperationNotPermitted</Code><Message>Load balancer 'a' cannot be deleted because deletion protection is enabled</Message>",
  );
  expect(await patch(remove("b"), forward)).toBe(OK);
  await patch(protect("a", "false"), forward);
  expect(await patch(remove("a"), forward)).toBe(OK);
});

it("does not protect what moto refused to", async () => {
  const patch = elb();
  await patch(protect("a", "true"), () => Promise.resolve({ ...OK, status: 400 }));
  expect(await patch(remove("a"), forward)).toBe(OK);
});

it("opens the doors of a load balancer that is created, closes them when it is deleted, and follows each change", async () => {
  const said: string[] = [];
  const say = (word: string) => (arn?: string) => {
    said.push(arn === undefined ? word : `${word} ${arn}`);
    return Promise.resolve("127.0.0.1:1");
  };
  const loadBalancers = { create: say("create"), delete: say("delete"), changed: say("changed") };
  const patch = elb(undefined, { loadBalancers } as unknown as DataPlane);
  const created = "<LoadBalancerArn>a</LoadBalancerArn><DNSName>a.elb.amazonaws.com</DNSName>";
  const answer = await patch(call("CreateLoadBalancer", {}), () =>
    Promise.resolve({ ...OK, body: Buffer.from(created) }),
  );
  expect(answer.body.toString()).toContain("<DNSName>127.0.0.1:1</DNSName>");
  await patch(call("DescribeLoadBalancers", {}), forward);
  await patch(remove("a"), forward);
  expect(said).toEqual(["create a", "changed", "delete a", "changed"]);
});
