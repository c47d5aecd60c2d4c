import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type Deployment,
  type ECSClient,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";

/** What a deployment changed: enough to undo it. */
export interface DeploymentRecord {
  readonly cluster: string;
  readonly service: string;
  /** `<repository>@sha256:<digest>` that runs now. */
  readonly image: string;
  /** Task definition that runs now. */
  readonly taskDefinitionArn: string;
  /** Task definition that ran before. */
  readonly previousTaskDefinitionArn: string;
}

export interface WaitOptions {
  readonly ecs: Pick<ECSClient, "send">;
  readonly log: (line: string) => void;
  /** Milliseconds after which a deployment that is not done counts as failed. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks. */
  readonly pauseMs: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface DeployOptions extends WaitOptions {
  readonly cluster: string;
  readonly service: string;
  readonly image: string;
  /** Container that gets the image. Default: the only one. */
  readonly container?: string;
  /** Deploys also where no task runs. For the first image of a service: nothing has started it then. */
  readonly allowZeroTasks?: boolean;
  /** Called before the service changes, so that the change can be undone whatever happens next. */
  readonly onRecord: (record: DeploymentRecord) => void;
}

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * Brings an image into service: a new revision of the newest task definition of the family, in which only the
 * image is another, then a rolling deployment whose end is waited for.
 *
 * A steady service proves nothing by itself: after a rollback by the circuit breaker it is steady as well. So
 * it is the deployment of this very revision that must complete. If it does not, the previous revision is back
 * in service before this function throws.
 */
export async function deployImage(options: DeployOptions): Promise<DeploymentRecord> {
  const { ecs, cluster, service, image, log } = options;
  if (!BY_DIGEST.test(image)) {
    throw new Error(
      `"${image}" is no image by digest: write <repository>@sha256:<64 hex digits>. A tag can be moved, a digest cannot.`,
    );
  }
  const before = await describe(ecs, cluster, service);
  const previousTaskDefinitionArn = before.taskDefinition!;
  refuseUnready(before, options);

  const revision = await nextRevision(ecs, previousTaskDefinitionArn, options);
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(revision));
  const taskDefinitionArn = taskDefinition!.taskDefinitionArn!;
  const record = { cluster, service, image, taskDefinitionArn, previousTaskDefinitionArn };
  options.onRecord(record);

  log(`${service}: ${shortName(previousTaskDefinitionArn)} → ${shortName(taskDefinitionArn)}, ${image}`);
  const fault = await bringIntoService(record, taskDefinitionArn, options);
  if (fault === undefined) return record;
  log(`${service}: ${fault}; going back to ${shortName(previousTaskDefinitionArn)}`);
  const second = await returnTo(record, options);
  throw new Error(
    second === undefined
      ? `${service}: ${fault}. ${shortName(previousTaskDefinitionArn)} is back in service.`
      : `${service}: ${fault}. Going back to ${shortName(previousTaskDefinitionArn)} failed as well: ${second}.`,
  );
}

/** Undoes a deployment, for example after a failed smoke test. Twice is harmless. */
export async function rollBack(record: DeploymentRecord, options: WaitOptions): Promise<void> {
  const fault = await returnTo(record, options);
  if (fault !== undefined) throw new Error(`${record.service}: rollback failed: ${fault}.`);
  options.log(`${record.service}: ${shortName(record.previousTaskDefinitionArn)} is back in service`);
}

async function describe(ecs: WaitOptions["ecs"], cluster: string, service: string): Promise<Service> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const [found] = services;
  if (found?.status !== "ACTIVE") {
    throw new Error(`There is no service "${service}" in cluster "${cluster}". Deploy its stack first.`);
  }
  return found;
}

function refuseUnready(
  { desiredCount, deployments = [] }: Service,
  { service, allowZeroTasks }: DeployOptions,
) {
  if (desiredCount === 0 && !allowZeroTasks) {
    throw new Error(
      `${service} is scaled to zero, so a deployment would prove nothing. Deploy in its office hours or scale it up first; for its first image, add --allow-zero-tasks.`,
    );
  }
  if (
    deployments.some(({ status, rolloutState }) => status === "PRIMARY" && rolloutState === "IN_PROGRESS")
  ) {
    throw new Error(`${service} is being deployed already. Wait until that deployment is done.`);
  }
}

/** The newest revision of the family, as Terraform or an earlier deployment left it, with the image. */
async function nextRevision(
  ecs: WaitOptions["ecs"],
  taskDefinitionArn: string,
  { image, container }: DeployOptions,
): Promise<RegisterTaskDefinitionCommandInput> {
  const family = shortName(taskDefinitionArn).replace(/:\d+$/, "");
  const { taskDefinition, tags } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ["TAGS"] }),
  );
  const { containerDefinitions = [] } = taskDefinition!;
  const names = containerDefinitions.map(({ name }) => name!);
  const target = container ?? (names.length === 1 ? names[0] : undefined);
  if (target === undefined || !names.includes(target)) {
    throw new Error(
      `${target === undefined ? "No container is named" : `There is no container "${target}"`}; ` +
        `${family} has ${names.join(", ")}. Name one with --container.`,
    );
  }
  return {
    ...registrable(taskDefinition!),
    containerDefinitions: containerDefinitions.map((definition) =>
      definition.name === target ? { ...definition, image } : definition,
    ),
    // An empty list is refused.
    ...(tags?.length ? { tags } : {}),
  };
}

/** What DescribeTaskDefinition returns and RegisterTaskDefinition refuses. */
const ONLY_DESCRIBED: readonly string[] = [
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
  "deregisteredAt",
  "deleteRequestedAt",
] satisfies (keyof TaskDefinition)[];

function registrable(
  definition: TaskDefinition,
): Omit<RegisterTaskDefinitionCommandInput, "containerDefinitions"> {
  return {
    ...Object.fromEntries(Object.entries(definition).filter(([field]) => !ONLY_DESCRIBED.includes(field))),
    family: definition.family,
  };
}

/** What went wrong, or `undefined` once the deployment of this revision is complete. */
async function bringIntoService(
  { cluster, service }: DeploymentRecord,
  taskDefinition: string,
  options: WaitOptions,
): Promise<string | undefined> {
  const updated = await options.ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  return waitFor(primaryOf(updated.service!)!.id!, { cluster, service }, options);
}

/**
 * ECS may have begun to go back by itself: then its deployment is waited for, else one is started. What someone
 * else has deployed meanwhile is left alone.
 */
async function returnTo(record: DeploymentRecord, options: WaitOptions): Promise<string | undefined> {
  const { cluster, service, taskDefinitionArn, previousTaskDefinitionArn } = record;
  const primary = primaryOf(await describe(options.ecs, cluster, service));
  const running = primary?.taskDefinition ?? "";
  if (running === previousTaskDefinitionArn && primary?.rolloutState !== "FAILED") {
    return waitFor(primary!.id!, record, options);
  }
  if (running === taskDefinitionArn || running === previousTaskDefinitionArn) {
    return bringIntoService(record, previousTaskDefinitionArn, options);
  }
  return (
    `the service runs ${shortName(running)}, neither what was deployed (${shortName(taskDefinitionArn)}) nor what ` +
    `ran before (${shortName(previousTaskDefinitionArn)}): someone deployed since, which was left alone`
  );
}

async function waitFor(
  id: string,
  { cluster, service }: Pick<DeploymentRecord, "cluster" | "service">,
  options: WaitOptions,
): Promise<string | undefined> {
  const { ecs, log, timeoutMs, pauseMs, now = Date.now, sleep = pause } = options;
  const deadline = now() + timeoutMs;
  let shown = "";
  for (;;) {
    const { deployments = [], events = [] } = await describe(ecs, cluster, service);
    const deployment = deployments.find((candidate) => candidate.id === id);
    if (deployment?.rolloutState === "COMPLETED" && deployment.status === "PRIMARY") return undefined;
    const last = events[0]?.message ? ` (${events[0].message})` : "";
    if (deployment?.rolloutState === "FAILED")
      return `${deployment.rolloutStateReason ?? "it failed"}${last}`;
    if (deployment?.status !== "PRIMARY") return `another deployment took its place${last}`;
    const progress = `${deployment.runningCount} of ${deployment.desiredCount} tasks run, ${deployment.failedTasks ?? 0} failed`;
    if (progress !== shown) log(`${service}: ${progress}`);
    shown = progress;
    if (now() >= deadline) return `not done within ${Math.round(timeoutMs / 60_000)} minutes${last}`;
    await sleep(pauseMs);
  }
}

function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === "PRIMARY");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** `family:revision` of a task definition's ARN. */
function shortName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
