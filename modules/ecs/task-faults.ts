import { taskSizeFault, type TaskSize } from "../../contract/fargate";
import { containerFaults, type Container } from "./container";

export interface TaskShape {
  readonly size: TaskSize;
  readonly containers: readonly Container[];
  readonly volumes: readonly string[];
}

/**
 * All faults of a task; empty if there are none. ECS would report them only during the apply, one at a time.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function taskFaults({ size, containers, volumes }: TaskShape): readonly string[] {
  const sizeFault = taskSizeFault(size);
  return [
    ...(sizeFault === undefined ? [] : [sizeFault]),
    ...containers.flatMap((container) =>
      containerFaults(container).map((fault) => `container "${container.name}": ${fault}`),
    ),
    ...nameFaults(containers),
    ...containers.flatMap((container) => dependencyFaults(container, containers)),
    ...cycleFaults(containers),
    ...volumeFaults(containers, volumes),
    ...memoryFaults(size, containers),
    ...cpuFaults(size, containers),
  ];
}

function nameFaults(containers: readonly Container[]): readonly string[] {
  const names = containers.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    ...twice.map((name) => `container name "${name}" is given twice; each container needs a unique name`),
    ...(containers.some(({ essential = true }) => essential)
      ? []
      : ["no container is essential; remove essential: false from the main container"]),
  ];
}

function dependencyFaults({ name, dependsOn = [] }: Container, all: readonly Container[]): readonly string[] {
  return dependsOn.flatMap(({ container: wanted, condition }) => {
    const other = all.find((candidate) => candidate.name === wanted);
    const start = `container "${name}" waits for "${wanted}"`;
    if (other === undefined)
      return [`${start}, which is not in the task; there are ${all.map((one) => one.name).join(", ")}`];
    if (["SUCCESS", "COMPLETE"].includes(condition) && (other.essential ?? true))
      return [`${start} to end (${condition}), but that one is essential; set essential: false on it`];
    if (condition === "HEALTHY" && other.healthCheck === undefined)
      return [`${start} to be HEALTHY, but that one has no healthCheck; add one or wait for START`];
    return [];
  });
}

function cycleFaults(containers: readonly Container[]): readonly string[] {
  let left = containers;
  for (;;) {
    const names = new Set(left.map(({ name }) => name));
    const next = left.filter(({ dependsOn = [] }) => dependsOn.some(({ container }) => names.has(container)));
    if (next.length === 0) return [];
    if (next.length === left.length)
      return [`containers ${[...names].join(", ")} wait for each other; remove one dependsOn`];
    left = next;
  }
}

function volumeFaults(containers: readonly Container[], volumes: readonly string[]): readonly string[] {
  const known = volumes.length === 0 ? "none" : volumes.join(", ");
  return containers.flatMap(({ name, mountPoints = [] }) =>
    mountPoints
      .filter(({ sourceVolume }) => !volumes.includes(sourceVolume))
      .map(
        ({ sourceVolume }) =>
          `container "${name}" mounts volume "${sourceVolume}", which is not in volumes (${known}); add it there`,
      ),
  );
}

/**
 * The hard limits of containers that run at the same time must fit into the task; otherwise the kernel kills
 * a container when memory runs out. A container that another one waits for has exited by then, so it only has
 * to fit by itself.
 */
function memoryFaults({ memoryMiB: task }: TaskSize, containers: readonly Container[]): readonly string[] {
  const awaited = new Set(
    containers.flatMap(({ dependsOn = [] }) =>
      dependsOn
        .filter(({ condition }) => condition === "SUCCESS" || condition === "COMPLETE")
        .map(({ container }) => container),
    ),
  );
  const running = containers.filter(({ name }) => !awaited.has(name));
  const limits = sum(running.map(({ memoryMiB }) => memoryMiB));
  const reserved = sum(
    containers.map(({ memoryMiB, memoryReservationMiB }) => memoryReservationMiB ?? memoryMiB),
  );
  return [
    ...containers
      .filter(({ memoryMiB }) => memoryMiB > task)
      .map(
        ({ name, memoryMiB }) =>
          `container "${name}" may use ${memoryMiB} MiB, the task has ${task} MiB; lower its memoryMiB or take a larger size`,
      ),
    ...(limits > task
      ? [
          `containers ${running.map(({ name }) => name).join(", ")} may use ${limits} MiB together, the task has ${task} MiB; lower their memoryMiB or take a larger size`,
        ]
      : []),
    ...(reserved > task
      ? [
          `all containers together reserve ${reserved} MiB, the task has ${task} MiB; give containers that exit early a small memoryReservationMiB`,
        ]
      : []),
  ];
}

function cpuFaults({ cpuUnits: task }: TaskSize, containers: readonly Container[]): readonly string[] {
  const shares = sum(containers.map(({ cpuUnits = 0 }) => cpuUnits));
  return shares > task
    ? [`the containers' CPU shares are ${shares} units, the task has ${task}; lower their cpuUnits`]
    : [];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
