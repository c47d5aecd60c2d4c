import type { JsonObject } from "../../../../local/gateway/call";
import { ecs } from "../../../../local/gateway/services/ecs";
import { bodyOf, call, failing, json, motoThat } from "../wire";

const ARN = "arn:aws:ecs:us-east-1:123456789012:service/c/s";
const CREATE = {
  cluster: "c",
  serviceName: "s",
  taskDefinition: "t:1",
  desiredCount: 2,
  capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  healthCheckGracePeriodSeconds: 60,
  availabilityZoneRebalancing: "ENABLED",
  enableECSManagedTags: true,
  enableExecuteCommand: true,
  propagateTags: "SERVICE",
};

/** moto's view of the service, and the gateway before it with a clock of our own. */
function setUp() {
  const stored: JsonObject = {
    serviceArn: ARN,
    status: "ACTIVE",
    desiredCount: 2,
    runningCount: 0,
    launchType: "EC2",
    taskDefinition: "t:1",
    deployments: [],
  };
  const clock = { now: 1_000_000 };
  const patch = ecs({ now: () => clock.now });
  const moto = motoThat(({ operation }) =>
    operation === "DescribeServices" ? { services: [stored], failures: [] } : { service: stored },
  );
  const send = async (operation: string, input: unknown) =>
    bodyOf(await patch(call(json("ecs", operation, input)), moto.forward)) as JsonObject;
  const described = async () => {
    const { services } = await send("DescribeServices", { cluster: "c", services: ["s"] });
    return (services as JsonObject[])[0] as JsonObject;
  };
  return { stored, clock, patch, send, described };
}

it("gives back what moto drops, and no launch type beside a strategy", async () => {
  const { send, described, clock } = setUp();
  const created = (await send("CreateService", CREATE)).service as JsonObject;
  clock.now += 1000;
  for (const service of [created, await described()]) {
    expect(service).toMatchObject({
      capacityProviderStrategy: CREATE.capacityProviderStrategy,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
      },
      healthCheckGracePeriodSeconds: 60,
      availabilityZoneRebalancing: "ENABLED",
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      propagateTags: "SERVICE",
    });
    expect(service).not.toHaveProperty("launchType");
  }
});

it("uses AWS's defaults for what the caller left out, and keeps the launch type", async () => {
  const { send } = setUp();
  const { service } = await send("CreateService", { cluster: "c", serviceName: "s", launchType: "EC2" });
  expect(service).toMatchObject({
    launchType: "EC2",
    availabilityZoneRebalancing: "DISABLED",
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    healthCheckGracePeriodSeconds: 0,
    placementConstraints: [],
    placementStrategy: [],
    propagateTags: "NONE",
  });
});

it("reaches the desired count one second after a change, not before", async () => {
  const { send, described, clock } = setUp();
  await send("CreateService", CREATE);
  clock.now += 999;
  expect(await described()).toMatchObject({
    runningCount: 0,
    pendingCount: 2,
    deployments: [{ status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 0 }],
  });
  clock.now += 1;
  const settled = await described();
  expect(settled).toMatchObject({ runningCount: 2, pendingCount: 0 });
  expect(settled.deployments).toHaveLength(1);
  expect(settled.deployments).toMatchObject([
    {
      rolloutState: "COMPLETED",
      runningCount: 2,
      desiredCount: 2,
      capacityProviderStrategy: CREATE.capacityProviderStrategy,
    },
  ]);
});

it("starts a new deployment for new tasks, not for a new count", async () => {
  const { send, described, clock } = setUp();
  await send("CreateService", CREATE);
  const idOf = async () => ((await described()).deployments as JsonObject[])[0]?.id;
  const first = await idOf();
  await send("UpdateService", { cluster: "c", service: "s", desiredCount: 3 });
  expect(await idOf()).toBe(first);
  await send("UpdateService", { cluster: "c", service: "s", taskDefinition: "t:2" });
  const second = await idOf();
  expect(second).not.toBe(first);
  await send("UpdateService", { cluster: "c", service: "s", forceNewDeployment: true });
  expect(await idOf()).not.toBe(second);
  clock.now += 999;
  expect(await described()).toMatchObject({ runningCount: 0 });
});

it("merges an update into what it remembers", async () => {
  const { send, described } = setUp();
  await send("CreateService", CREATE);
  await send("UpdateService", {
    cluster: "c",
    service: "s",
    enableExecuteCommand: false,
    deploymentConfiguration: { maximumPercent: 150 },
  });
  expect(await described()).toMatchObject({
    enableExecuteCommand: false,
    enableECSManagedTags: true,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 150,
      minimumHealthyPercent: 100,
    },
  });
});

it("leaves a deleted service as moto has it", async () => {
  const { send, described, stored, clock } = setUp();
  await send("CreateService", CREATE);
  stored.status = "INACTIVE";
  clock.now += 5000;
  expect(await described()).toEqual(stored);
});

it("lists and describes the deployment of a service", async () => {
  const { send, clock } = setUp();
  await send("CreateService", CREATE);
  const list = async (input: object) =>
    (await send("ListServiceDeployments", { cluster: "c", service: "s", ...input }))
      .serviceDeployments as JsonObject[];
  const [running] = await list({});
  expect(running).toMatchObject({
    serviceArn: ARN,
    clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/c",
    status: "IN_PROGRESS",
  });
  expect(running).not.toHaveProperty("finishedAt");
  clock.now += 1000;
  expect(await list({ status: ["IN_PROGRESS"] })).toEqual([]);
  expect(await list({ service: ARN, status: ["SUCCESSFUL"] })).toHaveLength(1);
  const answer = await send("DescribeServiceDeployments", {
    serviceDeploymentArns: [running?.serviceDeploymentArn, "arn:none"],
  });
  expect(answer.serviceDeployments).toMatchObject([{ status: "SUCCESSFUL", finishedAt: 1001 }]);
  expect(answer.failures).toEqual([{ arn: "arn:none", reason: "MISSING" }]);
});

it("does not know deployments of a service that is not there", async () => {
  const { patch } = setUp();
  const answer = await patch(call(json("ecs", "ListServiceDeployments", { service: "x" })), failing);
  expect(answer.status).toBe(400);
  expect(bodyOf(answer)).toEqual({ __type: "ServiceNotFoundException", message: "Service not found." });
});

it("remembers nothing of a refused call, and passes other calls on", async () => {
  const { patch, described, stored, send } = setUp();
  expect((await patch(call(json("ecs", "CreateService", CREATE)), failing)).status).toBe(400);
  expect((await patch(call(json("ecs", "DescribeServices", {})), failing)).status).toBe(400);
  expect(await described()).toEqual(stored);
  expect(await send("ListClusters", {})).toEqual({ service: stored });
});
