import type { Call } from "../kernel/call";
import { after, DURATIONS } from "../world/after";
import type { Service, Task } from "../world/workload";
import type { World } from "../world/world";

/** How services and tasks end, and how they come back when a scalable target wants them. */

const STOP_TIMEOUT_MS = 30_000;

function tasksOf(world: World, service: Service): Task[] {
  return world.tasks.where(
    (task) => task.clusterArn === service.clusterArn && task.serviceName === service.name,
  );
}

/** A target leaves its group before its container is stopped. */
function drainMs(world: World, service: Service): number {
  const delays = service.targetGroupArns.map(
    (arn) => world.targetGroups.where((group) => group.arn === arn)[0]?.deregistrationDelaySeconds ?? 0,
  );
  return 1000 * Math.max(0, ...delays);
}

export function stopTask(task: Task, drain: number, call: Call): void {
  if (task.status !== "RUNNING") return;
  const { world, clock, random } = call;
  task.status = "DEACTIVATING";
  const stop = Math.min(random.duration(DURATIONS.taskStop), STOP_TIMEOUT_MS + 15_000);
  clock.at(clock.now() + drain + stop, () => {
    task.status = "STOPPED";
    // The interface outlives the task.
    after(call, DURATIONS.taskInterface, () => world.interfaces.delete(task.interfaceId));
    clock.at(clock.now() + 3_600_000, () => world.tasks.delete(task.id));
  });
}

export function startTask(service: Service, call: Pick<Call, "world">): Task {
  const { world } = call;
  const cluster = world.clusters.where((candidate) => candidate.arn === service.clusterArn)[0]!;
  const id = world.newHex(32);
  const subnetId = service.subnetIds[0]!;
  const card = world.interfaces.add({
    id: world.newId("eni"),
    arn: "",
    tags: {},
    origin: service.origin,
    vpcId: world.subnets.get(subnetId)!.vpcId,
    subnetId,
    groupIds: service.groupIds,
    interfaceType: "interface",
    requesterManaged: true,
    description: world.arn("ecs", `attachment/${world.newHex(8)}`),
    publicIp: undefined,
    status: "in-use",
  });
  return world.tasks.add({
    id,
    arn: world.arn("ecs", `task/${cluster.name}/${id}`),
    tags: { ...service.tags },
    origin: service.origin,
    clusterArn: service.clusterArn,
    serviceName: service.name,
    taskDefinition: service.taskDefinition,
    interfaceId: card.id,
    status: "RUNNING",
  });
}

export function scaleTo(service: Service, desired: number, call: Call): void {
  service.desired = desired;
  const running = tasksOf(call.world, service).filter((task) => task.status === "RUNNING");
  const drain = drainMs(call.world, service);
  for (const task of running.slice(desired)) stopTask(task, drain, call);
  for (let count = running.length; count < desired; count++) startTask(service, call);
  bringBack(service, call);
}

/** A scalable target that is still registered scales the service up to its minimum again. */
function bringBack(service: Service, call: Call): void {
  const { world } = call;
  const minimum = () => {
    const cluster = world.clusters.where((candidate) => candidate.arn === service.clusterArn)[0];
    return world.scalableTargets.get(`service/${cluster?.name}/${service.name}`)?.minimum ?? 0;
  };
  if (service.desired >= minimum()) return;
  after(call, DURATIONS.scaleUpAgain, () => {
    if (service.status === "ACTIVE" && service.desired < minimum()) scaleTo(service, minimum(), call);
  });
}

export function stopService(service: Service, call: Call): void {
  service.status = "DRAINING";
  service.desired = 0;
  const drain = drainMs(call.world, service);
  for (const task of tasksOf(call.world, service)) stopTask(task, drain, call);
  settle(service, call);
}

/** Inactive when its tasks are stopping or stopped, looked at again and again. */
function settle(service: Service, call: Call): void {
  after(call, DURATIONS.serviceInactive, () => {
    const left = tasksOf(call.world, service).some(
      (task) => task.status === "RUNNING" || task.status === "DEACTIVATING",
    );
    if (left) return settle(service, call);
    service.status = "INACTIVE";
    call.clock.at(call.clock.now() + 3_600_000, () => call.world.services.delete(service.id));
  });
}
