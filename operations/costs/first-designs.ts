import type { PricedResource, Values } from "../../pricing/resource";

/** What the systems were first described with, as resources: docs/costs.md sets those estimates right. */

export interface DesignedTask {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly architecture?: "ARM64" | "X86_64";
}

/** A service in two zones with a NAT gateway in each: four public addresses. */
export function designedService(tasks: number, task: DesignedTask): PricedResource[] {
  const { cpuUnits, memoryMiB, architecture = "X86_64" } = task;
  return [
    resource("aws_ecs_task_definition.task", {
      cpu: String(cpuUnits),
      memory: String(memoryMiB),
      runtime_platform: { cpu_architecture: architecture },
    }),
    resource("aws_ecs_service.service", {
      launch_type: "FARGATE",
      desired_count: tasks,
      task_definition: "${aws_ecs_task_definition.task.arn}",
    }),
    resource("aws_lb.alb", { subnets: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] }),
    ...["a", "b"].flatMap((zone) => [
      resource(`aws_eip.${zone}`, {}),
      resource(`aws_nat_gateway.${zone}`, { allocation_id: `\${aws_eip.${zone}.id}` }),
    ]),
  ];
}

/** AutoMock's: half a vCPU and 1 GB for each task. */
export const FIRST_AUTOMOCK_TASK: DesignedTask = { cpuUnits: 512, memoryMiB: 1024 };

/** AutoMock's other size, which it now has by default. */
export const SMALL_TASK: DesignedTask = { cpuUnits: 256, memoryMiB: 512 };

/** The Task API's production: small tasks and a database of 100 GB in two zones. */
export function designedTaskApi(tasks: number): PricedResource[] {
  return [
    ...designedService(tasks, SMALL_TASK),
    resource("aws_db_instance.database", {
      engine: "postgres",
      instance_class: "db.t3.small",
      allocated_storage: 100,
      storage_type: "gp3",
      multi_az: true,
    }),
  ];
}

/** The proxy session's virtual machine: a public t3.small with a disk of 8 GB. */
export const DESIGNED_SESSION: readonly PricedResource[] = [
  resource("aws_instance.session", {
    instance_type: "t3.small",
    associate_public_ip_address: true,
    root_block_device: { volume_type: "gp3", volume_size: 8 },
  }),
];

function resource(address: string, values: Values): PricedResource {
  return { address, type: address.split(".")[0]!, values };
}
