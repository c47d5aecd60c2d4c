import type { Container } from "../../../modules/ecs/container";
import { TaskDefinition, type TaskDefinitionProps } from "../../../modules/ecs/task-definition";
import { taskFaults, type TaskShape } from "../../../modules/ecs/task-faults";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const APP: Container = { name: "app", image: "r/app:1", memoryMiB: 384 };
const LOADER: Container = { name: "loader", image: "r/loader:1", memoryMiB: 128, essential: false };
const SMALL = { cpuUnits: 256, memoryMiB: 512 };

const PROPS: TaskDefinitionProps = {
  names: testNames,
  purpose: "web",
  size: SMALL,
  containers: [LOADER, APP],
  volumes: ["scratch", "data"],
  executionRoleArn: "arn:execution",
  taskRoleArn: "arn:task",
  logRetentionDays: 7,
};

function synthesized(change: Partial<TaskDefinitionProps> = {}): {
  template: Template;
  task: TaskDefinition;
} {
  let task!: TaskDefinition;
  const template = Template.of((stack) => {
    task = new TaskDefinition(stack, "task", { ...PROPS, ...change });
  });
  return { template, task };
}

describe("TaskDefinition", () => {
  const { template, task } = synthesized();
  const definition = template.sole("aws_ecs_task_definition");

  it("creates a task definition and a log group per container", () =>
    expect(template.counts()).toEqual({ aws_cloudwatch_log_group: 2, aws_ecs_task_definition: 1 }));

  it("is a Fargate task of the given size", () =>
    expect(definition).toMatchObject({
      family: "automock-test-web",
      requires_compatibilities: ["FARGATE"],
      network_mode: "awsvpc",
      cpu: "256",
      memory: "512",
      runtime_platform: { operating_system_family: "LINUX", cpu_architecture: "X86_64" },
      execution_role_arn: "arn:execution",
      task_role_arn: "arn:task",
      volume: [{ name: "data" }, { name: "scratch" }],
      track_latest: false,
      lifecycle: { create_before_destroy: true },
    }));

  it("sets the log retention, in groups that exist before the tasks", () => {
    expect(template.all("aws_cloudwatch_log_group")).toEqual([
      expect.objectContaining({ name: "/automock-test/app", retention_in_days: 7 }),
      expect.objectContaining({ name: "/automock-test/loader", retention_in_days: 7 }),
    ]);
    expect(definition["depends_on"]).toEqual(
      Object.keys(template.byId("aws_cloudwatch_log_group"))
        .sort()
        .map((id) => `aws_cloudwatch_log_group.${id}`),
    );
    const containers = JSON.parse(definition["container_definitions"]) as Record<string, any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(containers.map(({ logConfiguration }) => logConfiguration.options["awslogs-group"])).toEqual(
      task.logGroupNames,
    );
  });

  it("has literal names", () => {
    expect(task.family).toBe("automock-test-web");
    expect(task.logGroupNames).toEqual(["/automock-test/app", "/automock-test/loader"]);
    expect(task.arn).toMatch(/^\$\{TfToken\[/);
  });

  it("supports Graviton, and needs no volume", () => {
    const other = synthesized({ cpuArchitecture: "ARM64", volumes: undefined }).template.sole(
      "aws_ecs_task_definition",
    );
    expect(other["runtime_platform"]["cpu_architecture"]).toBe("ARM64");
    expect(other["volume"]).toEqual([]);
  });

  it("reports all faults at once, with the task's name", () => {
    const containers = [
      { ...APP, image: "r/app", dependsOn: [{ container: "x", condition: "START" as const }] },
    ];
    expect(() => synthesized({ containers })).toThrow(
      'task definition "web": container "app": image "r/app" has no tag, which means "latest"; use a version, preferably with its digest\n' +
        'task definition "web": container "app" waits for "x", which is not in the task; there are app',
    );
  });
});

describe("taskFaults", () => {
  const shape = (change: Partial<TaskShape>): readonly string[] =>
    taskFaults({ size: SMALL, containers: [APP, LOADER], volumes: [], ...change });
  const waits = (container: string, condition: "START" | "HEALTHY" | "COMPLETE" | "SUCCESS") => ({
    dependsOn: [{ container, condition }],
  });

  it("accepts a valid task", () => expect(shape({})).toEqual([]));

  it("containers that run at the same time must fit; a loader that has exited counts separately", () => {
    const large = { ...LOADER, memoryMiB: 512, memoryReservationMiB: 64 };
    expect(shape({ containers: [APP, large] })).toEqual([
      "containers app, loader may use 896 MiB together, the task has 512 MiB; lower their memoryMiB or take a larger size",
    ]);
    expect(shape({ containers: [{ ...APP, ...waits("loader", "SUCCESS") }, large] })).toEqual([]);
    expect(shape({ containers: [{ ...APP, ...waits("loader", "START") }, large] })).toHaveLength(1);
  });

  it.each<[string, Partial<TaskShape>, string[]]>([
    [
      "a size Fargate does not have",
      { size: { cpuUnits: 256, memoryMiB: 768 } },
      ["Fargate does not support 768 MiB with 256 CPU units; allowed with 256 units: 512, 1024, 2048 MiB"],
    ],
    [
      "a name twice",
      { containers: [APP, { ...LOADER, name: "app" }] },
      ['container name "app" is given twice; each container needs a unique name'],
    ],
    [
      "no essential container",
      { containers: [LOADER] },
      ["no container is essential; remove essential: false from the main container"],
    ],
    [
      "waiting for the end of an essential container",
      { containers: [APP, { ...LOADER, ...waits("app", "COMPLETE") }] },
      [
        'container "loader" waits for "app" to end (COMPLETE), but that one is essential; set essential: false on it',
      ],
    ],
    [
      "waiting for health without a check",
      { containers: [APP, { ...LOADER, ...waits("app", "HEALTHY") }] },
      [
        'container "loader" waits for "app" to be HEALTHY, but that one has no healthCheck; add one or wait for START',
      ],
    ],
    [
      "waiting in a circle",
      {
        containers: [
          { ...APP, ...waits("loader", "START") },
          { ...LOADER, ...waits("app", "START") },
        ],
      },
      ["containers app, loader wait for each other; remove one dependsOn"],
    ],
    [
      "an unknown volume",
      { containers: [{ ...APP, mountPoints: [{ sourceVolume: "data", containerPath: "/d" }] }] },
      ['container "app" mounts volume "data", which is not in volumes (none); add it there'],
    ],
    [
      "an unknown volume beside a known one",
      {
        containers: [{ ...APP, mountPoints: [{ sourceVolume: "data", containerPath: "/d" }] }],
        volumes: ["a"],
      },
      ['container "app" mounts volume "data", which is not in volumes (a); add it there'],
    ],
    [
      "a container larger than the task",
      { containers: [{ ...APP, memoryMiB: 600, memoryReservationMiB: 100 }] },
      [
        'container "app" may use 600 MiB, the task has 512 MiB; lower its memoryMiB or take a larger size',
        "containers app may use 600 MiB together, the task has 512 MiB; lower their memoryMiB or take a larger size",
      ],
    ],
    [
      "reservations above the task",
      {
        containers: [
          { ...APP, ...waits("loader", "SUCCESS") },
          { ...LOADER, memoryMiB: 256 },
        ],
      },
      [
        "all containers together reserve 640 MiB, the task has 512 MiB; give containers that exit early a small memoryReservationMiB",
      ],
    ],
    [
      "CPU shares above the task",
      { containers: [{ ...APP, cpuUnits: 257 }] },
      ["the containers' CPU shares are 257 units, the task has 256; lower their cpuUnits"],
    ],
  ])("rejects %s", (_, change, messages) => expect(shape(change)).toEqual(messages));
});
