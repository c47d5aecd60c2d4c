import {
  ClusterNotFoundException,
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

/** What a deployment changed, so that it can be undone. */
export interface DeploymentRecord {
  readonly cluster: string;
  readonly service: string;
  /** The new image, `<repository>@sha256:<digest>`. */
  readonly image: string;
  /** The new task definition. */
  readonly taskDefinitionArn: string;
  /** The previous task definition. */
  readonly previousTaskDefinitionArn: string;
}

export interface WaitOptions {
  readonly ecs: Pick<ECSClient, "send">;
  readonly log: (line: string) => void;
  /** Milliseconds after which an unfinished deployment counts as failed. */
  readonly timeoutMs: number;
  /** Milliseconds between two polls. */
  readonly pauseMs: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface DeployOptions extends WaitOptions {
  readonly cluster: string;
  readonly service: string;
  readonly image: string;
  /** Container that gets the image. @default the only one */
  readonly container?: string;
  /** Deploys even if no task runs, as for the first image of a service. */
  readonly allowZeroTasks?: boolean;
  /** Called before the service changes, so that the change can always be undone. */
  readonly onRecord: (record: DeploymentRecord) => void;
}

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * Deploys an image: registers a new revision of the family's newest task definition in which only the image differs,
 * starts a rolling deployment, and waits until it has finished.
 *
 * A steady service proves nothing: it is also steady after a rollback by the circuit breaker. Therefore the deployment
 * of this revision must complete. If it does not, the previous revision is back in service before this function
 * throws.
 */
export async function deployImage(options: DeployOptions): Promise<DeploymentRecord> {
  const { ecs, cluster, service, image, log } = options;
  if (!BY_DIGEST.test(image)) {
    throw new Error(
      `"${image}" does not name an image by digest: use <repository>@sha256:<64 hex digits>. A tag can be moved, a digest cannot.`,
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
  log(`${service}: ${fault}; rolling back to ${shortName(previousTaskDefinitionArn)}`);
  const second = await returnTo(record, options);
  throw new Error(
    second === undefined
      ? `${service}: ${fault}. ${shortName(previousTaskDefinitionArn)} is back in service.`
      : `${service}: ${fault}. The rollback to ${shortName(previousTaskDefinitionArn)} also failed: ${second}.`,
  );
}

/** Undoes a deployment, for example after a failed smoke test. A second call is harmless. */
export async function rollBack(record: DeploymentRecord, options: WaitOptions): Promise<void> {
  const fault = await returnTo(record, options);
  if (fault !== undefined) throw new Error(`${record.service}: rollback failed: ${fault}.`);
  options.log(`${record.service}: ${shortName(record.previousTaskDefinitionArn)} is back in service`);
}

async function describe(ecs: WaitOptions["ecs"], cluster: string, service: string): Promise<Service> {
  const [found] = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] })).then(
    ({ services = [] }) => services,
    (error: unknown) => {
      if (error instanceof ClusterNotFoundException) return [];
      throw error;
    },
  );
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
      `${service} is scaled to zero, so a deployment would prove nothing. Deploy during its scheduled hours or scale it up first. For its first image, add --allow-zero-tasks.`,
    );
  }
  if (
    deployments.some(({ status, rolloutState }) => status === "PRIMARY" && rolloutState === "IN_PROGRESS")
  ) {
    throw new Error(`A deployment of ${service} is already in progress. Wait until it has finished.`);
  }
}

/** The family's newest revision, created by Terraform or an earlier deployment, with the new image. */
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
    // AWS refuses an empty list.
    ...(tags?.length ? { tags } : {}),
  };
}

/** Fields that DescribeTaskDefinition returns and RegisterTaskDefinition refuses. */
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

/** @returns what went wrong; `undefined` if the deployment of this revision has completed */
async function bringIntoService(
  { cluster, service }: DeploymentRecord,
  taskDefinition: string,
  options: WaitOptions,
): Promise<string | undefined> {
  const updated = await options.ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  return waitFor(primaryOf(updated.service!)!.id!, { cluster, service }, options);
}

/**
 * Waits for the rollback that ECS has started, or starts one. If someone else has deployed in the meantime, it changes
 * nothing.
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
    `the service runs ${shortName(running)}, neither the deployed revision (${shortName(taskDefinitionArn)}) nor the ` +
    `previous one (${shortName(previousTaskDefinitionArn)}): someone else has deployed since, so nothing was changed`
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
    if (deployment?.status !== "PRIMARY") return `another deployment replaced it${last}`;
    const progress = `${deployment.runningCount} of ${deployment.desiredCount} tasks run, ${deployment.failedTasks ?? 0} failed`;
    if (progress !== shown) log(`${service}: ${progress}`);
    shown = progress;
    if (now() >= deadline) return `not finished within ${Math.round(timeoutMs / 60_000)} minutes${last}`;
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
