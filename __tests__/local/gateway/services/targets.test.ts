import type { JsonObject } from "../../../../local/gateway/call";
import { ecs } from "../../../../local/gateway/services/ecs";
import { elb } from "../../../../local/gateway/services/elb";
import { Targets } from "../../../../local/gateway/services/targets";
import { call, failing, form, json, motoThat, textOf } from "../wire";

const GROUP = "arn:tg/a";

function setUp() {
  const clock = { now: 1_000_000 };
  const targets = new Targets(() => clock.now);
  const service: JsonObject = {
    serviceArn: "arn:service/a",
    status: "ACTIVE",
    desiredCount: 2,
    loadBalancers: [{ targetGroupArn: GROUP, containerPort: 1080 }],
  };
  const moto = motoThat(({ service: name }) => (name === "ecs" ? { service } : "<from-moto/>"));
  const services = ecs({ now: () => clock.now, targets });
  const balancers = elb(targets);
  const change = (operation: string, input: JsonObject = {}) =>
    services(call(json("ecs", operation, input)), moto.forward);
  const health = async (TargetGroupArn: string, forward = moto.forward) =>
    textOf(
      await balancers(
        call(form("elasticloadbalancing", { Action: "DescribeTargetHealth", TargetGroupArn })),
        forward,
      ),
    );
  const states = async () =>
    [...(await health(GROUP)).matchAll(/<Id>([^<]+)<.*?<Port>(\d+)<.*?<State>([^<]+)</g)].map((match) =>
      match.slice(1),
    );
  return { clock, service, change, health, states };
}

it("a service's tasks are targets: on their way at first, healthy when the deployment has settled", async () => {
  const { clock, change, states, health } = setUp();
  expect(await health(GROUP)).toBe("<from-moto/>");
  await change("CreateService");
  expect(await states()).toEqual([
    ["10.0.0.10", "1080", "initial"],
    ["10.0.0.11", "1080", "initial"],
  ]);
  clock.now += 60_000;
  expect(await states()).toEqual([
    ["10.0.0.10", "1080", "healthy"],
    ["10.0.0.11", "1080", "healthy"],
  ]);
  expect(await health("arn:tg/b")).toBe("<from-moto/>");
});

it("they follow the desired count and go with the service", async () => {
  const { service, change, states, health } = setUp();
  await change("CreateService");
  service.desiredCount = 3;
  await change("UpdateService", { desiredCount: 3 });
  expect(await states()).toHaveLength(3);
  await change("DeleteService");
  expect(await health(GROUP)).toBe("<from-moto/>");
});

it("targets that were registered, and errors, are left as they are", async () => {
  const { change, health } = setUp();
  await change("CreateService");
  const registered = "<TargetHealthDescriptions><member>one</member></TargetHealthDescriptions>";
  expect(await health(GROUP, motoThat(() => registered).forward)).toBe(registered);
  expect(await health(GROUP, failing)).toBe("{}");
});
