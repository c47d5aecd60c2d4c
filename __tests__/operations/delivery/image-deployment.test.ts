import type { Deployment, ECSClient, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { deployImage, rollBack, type DeploymentRecord } from "../../../operations/delivery/image-deployment";

const ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/api";
const IMAGE = `registry/api@sha256:${"a".repeat(64)}`;
const OLD = `${ARN}:7`;
const NEW = `${ARN}:9`;

/** What becomes of the deployment of a task definition, look by look. */
type Fate = "completes" | "failsWithoutBreaker" | "breakerGoesBack" | "neverEnds";

/** An ECS with one service, whose deployments move one step with each look at the service. */
class OneService {
  readonly calls: { name: string; input: Record<string, unknown> }[] = [];
  registered: RegisterTaskDefinitionCommandInput[] = [];
  deployments: Deployment[] = [this.primary(OLD, "COMPLETED")];
  containers = [{ name: "api", image: "registry/api:old", secrets: [{ name: "P", valueFrom: "arn" }] }];
  tags: { key: string; value: string }[] | undefined = [{ key: "k", value: "v" }];
  desiredCount = 3;
  status: string | undefined = "ACTIVE";
  events = [{ message: "(service api) (task 1) failed container health checks." }];
  private looks = 0;

  constructor(private readonly fates: Record<string, Fate> = {}) {}

  get ecs() {
    return {
      send: (command: unknown) => Promise.resolve(this.answer(command as never)),
    } as unknown as ECSClient;
  }

  private primary(taskDefinition: string, rolloutState: Deployment["rolloutState"]): Deployment {
    const id = `ecs-svc/${taskDefinition.slice(-1)}-${this.calls.length}`;
    return {
      id,
      status: "PRIMARY",
      taskDefinition,
      rolloutState,
      runningCount: 0,
      desiredCount: 3,
      failedTasks: 0,
    };
  }

  private answer({ constructor, input }: { constructor: { name: string }; input: Record<string, unknown> }) {
    this.calls.push({ name: constructor.name.replace("Command", ""), input });
    switch (constructor.name) {
      case "DescribeServicesCommand":
        this.step();
        return { services: this.status ? [this.service()] : [] };
      case "DescribeTaskDefinitionCommand":
        return {
          taskDefinition: {
            family: "api",
            taskDefinitionArn: `${ARN}:8`,
            revision: 8,
            status: "ACTIVE",
            compatibilities: ["FARGATE"],
            requiresAttributes: [],
            registeredAt: new Date(0),
            registeredBy: "x",
            cpu: "256",
            executionRoleArn: "role",
            containerDefinitions: this.containers,
          },
          tags: this.tags,
        };
      case "RegisterTaskDefinitionCommand":
        this.registered.push(input as never);
        return { taskDefinition: { taskDefinitionArn: NEW } };
      case "UpdateServiceCommand":
        this.deployments = [
          this.primary(String(input.taskDefinition), "IN_PROGRESS"),
          ...this.deployments.map((old) => ({ ...old, status: "ACTIVE" })),
        ];
        this.looks = 0;
        return { service: this.service() };
      default:
        throw new Error(constructor.name);
    }
  }

  private service() {
    const { taskDefinition } = this.deployments[0]!;
    return { ...this, serviceName: "api", taskDefinition, ecs: undefined };
  }

  private step(): void {
    const [first] = this.deployments as [Deployment];
    if (first.rolloutState !== "IN_PROGRESS") return;
    this.looks += 1;
    first.runningCount = this.looks;
    if (this.looks < 3) return;
    const fate = this.fates[first.taskDefinition!] ?? "completes";
    if (fate === "completes") {
      first.rolloutState = "COMPLETED";
      this.deployments = [first];
    } else if (fate !== "neverEnds") {
      first.rolloutState = "FAILED";
      first.rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
    }
    if (fate === "breakerGoesBack") {
      this.deployments = [this.primary(OLD, "IN_PROGRESS"), { ...first, status: "ACTIVE" }];
      this.looks = 0;
    }
  }

  get updates(): unknown[] {
    return this.calls.filter(({ name }) => name === "UpdateService").map(({ input }) => input.taskDefinition);
  }
}

/** With a clock that each pause moves on. */
function run(
  world: OneService,
  changes: { image?: string; container?: string; allowZeroTasks?: boolean } = {},
) {
  const lines: string[] = [];
  const records: DeploymentRecord[] = [];
  let clock = 0;
  const wait = {
    ecs: world.ecs,
    log: (line: string) => void lines.push(line),
    timeoutMs: 600_000,
    pauseMs: 60_000,
    now: () => clock,
    sleep: (ms: number) => Promise.resolve(void (clock += ms)),
  };
  const onRecord = (record: DeploymentRecord) => void records.push(record);
  return {
    lines,
    records,
    wait,
    deploy: () => deployImage({ ...wait, cluster: "c", service: "api", image: IMAGE, onRecord, ...changes }),
  };
}

const record: DeploymentRecord = {
  cluster: "c",
  service: "api",
  image: IMAGE,
  taskDefinitionArn: NEW,
  previousTaskDefinitionArn: OLD,
};

describe("deploy-by-digest", () => {
  it.each([
    "registry/api:latest",
    "registry/api",
    `registry/api@sha256:${"a".repeat(63)}`,
    `@sha256:${"a".repeat(64)}`,
    "",
  ])("refuses %p before it calls AWS", async (image) => {
    const world = new OneService();
    await expect(run(world, { image }).deploy()).rejects.toThrow(
      `"${image}" does not name an image by digest: use <repository>@sha256:<64 hex digits>. A tag can be moved, a digest cannot.`,
    );
    expect(world.calls).toEqual([]);
  });

  it("registers the newest revision of the family with the image, and nothing else changed", async () => {
    const world = new OneService();
    world.containers.push({ name: "proxy", image: "proxy", secrets: [] });
    await run(world, { container: "api" }).deploy();
    expect(world.calls.find(({ name }) => name === "DescribeTaskDefinition")!.input).toEqual({
      taskDefinition: "api",
      include: ["TAGS"],
    });
    expect(world.registered).toEqual([
      {
        family: "api",
        cpu: "256",
        executionRoleArn: "role",
        containerDefinitions: [
          { name: "api", image: IMAGE, secrets: [{ name: "P", valueFrom: "arn" }] },
          { name: "proxy", image: "proxy", secrets: [] },
        ],
        tags: [{ key: "k", value: "v" }],
      },
    ]);
  });

  it("leaves out an empty list of tags, which AWS refuses", async () => {
    const world = new OneService();
    world.tags = [];
    await run(world).deploy();
    expect(world.registered[0]).not.toHaveProperty("tags");
  });
});

describe("smoke-after-steady-state: the deployment of this revision must complete", () => {
  it("waits, says how far it is and returns what to undo", async () => {
    const world = new OneService();
    const { deploy, lines, records } = run(world);
    expect(await deploy()).toEqual(record);
    expect(records).toEqual([record]);
    expect(lines).toEqual([
      `api: api:7 → api:9, ${IMAGE}`,
      "api: 1 of 3 tasks run, 0 failed",
      "api: 2 of 3 tasks run, 0 failed",
    ]);
    expect(world.updates).toEqual([NEW]);
  });

  it("a service made steady by the circuit breaker's rollback is a failure", async () => {
    const world = new OneService({ [NEW]: "breakerGoesBack" });
    await expect(run(world).deploy()).rejects.toThrow(
      "api: ECS deployment circuit breaker: tasks failed to start. ((service api) (task 1) failed container health checks.). api:7 is back in service.",
    );
    expect(world.updates).toEqual([NEW]);
    expect(world.deployments[0]).toMatchObject({ taskDefinition: OLD, rolloutState: "COMPLETED" });
  });

  it("goes back itself where there is no circuit breaker", async () => {
    const world = new OneService({ [NEW]: "failsWithoutBreaker" });
    await expect(run(world).deploy()).rejects.toThrow("api:7 is back in service.");
    expect(world.updates).toEqual([NEW, OLD]);
  });

  it("goes back itself when it takes too long", async () => {
    const world = new OneService({ [NEW]: "neverEnds" });
    const { deploy, records } = run(world);
    await expect(deploy()).rejects.toThrow("api: not finished within 10 minutes (");
    expect(world.updates).toEqual([NEW, OLD]);
    expect(records).toEqual([record]);
  });

  it("says when the way back fails too", async () => {
    const world = new OneService({ [NEW]: "failsWithoutBreaker", [OLD]: "neverEnds" });
    await expect(run(world).deploy()).rejects.toThrow(
      /The rollback to api:7 also failed: not finished within 10 minutes/,
    );
  });

  it("leaves alone what someone else deploys meanwhile", async () => {
    const world = new OneService({ [NEW]: "neverEnds" });
    const other: Deployment = {
      id: "other",
      status: "PRIMARY",
      taskDefinition: `${ARN}:12`,
      rolloutState: "COMPLETED",
    };
    const ongoing = deployImage({
      ...run(world).wait,
      sleep: () => Promise.resolve(void (world.deployments = [other])),
      cluster: "c",
      service: "api",
      image: IMAGE,
      onRecord: () => undefined,
    });
    await expect(ongoing).rejects.toThrow(
      /^api: another deployment replaced it .* The rollback to api:7 also failed: the service runs api:12, neither the deployed revision/,
    );
    expect(world.updates).toEqual([NEW]);
  });
});

describe("refuses before it changes anything", () => {
  const unchanged = async (world: OneService, message: string, changes = {}) => {
    await expect(run(world, changes).deploy()).rejects.toThrow(message);
    expect([world.registered, world.updates]).toEqual([[], []]);
  };

  it.each([undefined, "INACTIVE"])("a service that is %p", async (status) => {
    const world = new OneService();
    world.status = status;
    await unchanged(world, 'There is no service "api" in cluster "c". Deploy its stack first.');
  });

  it("a service at zero tasks, where every image would do", async () => {
    const world = new OneService();
    world.desiredCount = 0;
    await unchanged(world, "api is scaled to zero, so a deployment would prove nothing. Deploy during its scheduled hours or scale it up first. For its first image, add --allow-zero-tasks."); // prettier-ignore
  });

  it("but takes the first image of a service when told so", async () => {
    const world = new OneService();
    world.desiredCount = 0;
    await run(world, { allowZeroTasks: true }).deploy();
    expect(world.updates).toEqual([NEW]);
  });

  it("a service that is being deployed", async () => {
    const world = new OneService();
    world.deployments[0]!.rolloutState = "IN_PROGRESS";
    await unchanged(world, "api is already in progress. Wait until it has finished.");
  });

  it("a container that is not there, or not named among several", async () => {
    const world = new OneService();
    await unchanged(world, 'There is no container "web"; api has api. Name one with --container.', { container: "web" }); // prettier-ignore
    world.containers.push({ name: "proxy", image: "proxy", secrets: [] });
    await unchanged(world, "No container is named; api has api, proxy. Name one with --container.");
  });
});

describe("rollback", () => {
  const deployed = (taskDefinition: string, fates: Record<string, Fate> = {}) => {
    const world = new OneService(fates);
    world.deployments[0]!.taskDefinition = taskDefinition;
    return world;
  };

  it("brings the previous revision back and waits for it", async () => {
    const world = deployed(NEW);
    const { wait, lines } = run(world);
    await rollBack(record, wait);
    expect(world.updates).toEqual([OLD]);
    expect(world.deployments[0]).toMatchObject({ taskDefinition: OLD, rolloutState: "COMPLETED" });
    expect(lines.at(-1)).toBe("api: api:7 is back in service");
  });

  it("changes nothing when the previous revision runs already", async () => {
    const world = deployed(OLD);
    await rollBack(record, run(world).wait);
    expect(world.updates).toEqual([]);
  });

  it("refuses to undo what someone else deployed since", async () => {
    const world = deployed(`${ARN}:12`);
    await expect(rollBack(record, run(world).wait)).rejects.toThrow(
      "api: rollback failed: the service runs api:12, neither the deployed revision (api:9) nor the previous one (api:7): someone else has deployed since, so nothing was changed.",
    );
    expect(world.updates).toEqual([]);
  });

  it("says why it failed", async () => {
    const world = deployed(NEW, { [OLD]: "failsWithoutBreaker" });
    await expect(rollBack(record, run(world).wait)).rejects.toThrow("api: rollback failed: ECS deployment");
  });
});
