import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { isShuttingDown } from "../../operations/process";
import type { DeploymentState } from "../gateway/services/ecs-deployments";
import { alive, newDeployment, stateOf, type Deployment } from "./deployment";
import { backoffMilliseconds, breakerThreshold, nextMoves, type TaskCounts } from "./rolling";
import type { NetworkPlace } from "./security-groups";
import { ServiceEvents } from "./service-events";
import { ServiceTargets, type ServiceTarget } from "./service-targets";
import type { TargetGroups } from "./target-groups";
import type { LocalTask, StopCode } from "./task";

/** Real tasks of one service; what is desired beyond that is a record. */
const MAX_TASKS = 3;
const STEP_MILLISECONDS = 250;
/** How long a load balancer goes on sending to a task that Spot takes back. */
const SPOT_DEREGISTRATION_MILLISECONDS = 2000;

/** What a caller of ECS wants of a service. */
export interface ServiceWish {
  readonly name: string;
  readonly desired: number;
  readonly definition: TaskDefinition;
  readonly network: NetworkPlace;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
  readonly healthCheckGracePeriodSeconds: number;
  readonly loadBalancers: readonly ServiceTarget[];
}

export interface LocalServiceOptions {
  readonly targetGroups: TargetGroups;
  /** A new task, not started yet. */
  readonly createTask: (
    what: Pick<ServiceWish, "definition" | "network">,
    onChange: (task: LocalTask) => void,
  ) => LocalTask;
  readonly log: (line: string) => void;
}

/** Keeps the tasks of one service as they are wanted: rolling deployments, replacement, circuit breaker. */
export class LocalService {
  /** The newest first; all but the first are on their way out. */
  private deployments: Deployment[] = [];
  /** Every deployment of the service, the newest first. */
  private readonly history: Deployment[] = [];
  private readonly events: ServiceEvents;
  private readonly targets: ServiceTargets;
  private readonly timer: NodeJS.Timeout;
  private failuresInARow = 0;
  private startNotBefore = 0;
  private isRemoved = false;
  private isSteady = false;

  constructor(
    private wish: ServiceWish,
    private readonly options: LocalServiceOptions,
  ) {
    this.events = new ServiceEvents(wish.name);
    this.targets = new ServiceTargets(options.targetGroups);
    this.timer = setInterval(() => this.step(), STEP_MILLISECONDS).unref();
    this.deploy(wish.definition);
  }

  /** Takes over what is wanted now. */
  update(wish: ServiceWish, isNewDeployment: boolean): void {
    this.wish = wish;
    this.isSteady = false;
    if (isNewDeployment) this.deploy(wish.definition);
    else this.primary.updatedAt = Date.now();
    this.step();
  }

  /** Stops every task, draining first. Nothing is started any more. */
  async remove(): Promise<void> {
    this.isRemoved = true;
    clearInterval(this.timer);
    await Promise.all(this.tasks.map((task) => this.retire(task, "ServiceSchedulerInitiated", SCALING)));
  }

  /** Ends every task at once: the local AWS stops. */
  async kill(): Promise<void> {
    this.isRemoved = true;
    clearInterval(this.timer);
    await Promise.all(this.tasks.map((task) => task.kill()));
  }

  /** Those that have not stopped, the newest deployment's first. */
  get tasks(): LocalTask[] {
    return this.deployments.flatMap(({ tasks }) => tasks);
  }

  /** Whether a task runs and its target groups send it requests. */
  isHealthy(task: LocalTask): boolean {
    return this.targets.isHealthy(task);
  }

  /** Newest first, as DescribeServices lists them. */
  get eventList() {
    return this.events.list;
  }

  /** ARN of the task definition that the service has: after a rollback the earlier one. */
  get taskDefinitionArn(): string {
    return this.primary.definition.taskDefinitionArn!;
  }

  /** The deployments that have tasks, the PRIMARY one first. */
  describeDeployments(): DeploymentState[] {
    return this.deployments.map((deployment) => this.describe(deployment));
  }

  /** Every deployment so far, the newest first, with what came of it. */
  describeHistory(): DeploymentState[] {
    return this.history.map((deployment) => this.describe(deployment));
  }

  /** StopTask: another task takes its place. */
  stopTask(task: LocalTask, reason: string): Promise<void> {
    return this.retire(task, "UserInitiated", reason);
  }

  /** Takes a task back as Fargate Spot does: SIGTERM while requests still arrive. */
  async reclaim(task: LocalTask): Promise<void> {
    const stopped = task.stop("SpotInterruption", "Your Spot Task was interrupted.");
    const timer = setTimeout(() => void this.targets.deregister(task), SPOT_DEREGISTRATION_MILLISECONDS);
    await stopped;
    clearTimeout(timer);
  }

  /** One look at what is and what is wanted; called whenever something has changed. */
  step(): void {
    if (this.isRemoved || isShuttingDown()) return;
    this.stopUnhealthy();
    const [primary, ...old] = this.deployments as [Deployment, ...Deployment[]];
    const moves = nextMoves({
      ...this.wish,
      desired: this.realDesired,
      primary: this.count([primary]),
      old: this.count(old),
    });
    if (primary.rolloutState !== "FAILED" && Date.now() >= this.startNotBefore)
      for (let i = 0; i < moves.start; i++) this.startTask(primary);
    this.stopSome(alive([primary]).reverse(), moves.stopPrimary, SCALING);
    this.stopSome(alive(old), moves.stopOld, SCALING);
    this.deployments = this.deployments.filter((one) => one === primary || one.tasks.length > 0);
    this.settle(primary);
  }

  private get primary(): Deployment {
    return this.deployments[0]!;
  }

  private get realDesired(): number {
    return Math.min(this.wish.desired, MAX_TASKS);
  }

  private deploy(definition: TaskDefinition): void {
    const deployment = newDeployment(this.history.length + 1, definition);
    this.history.unshift(deployment);
    this.deployments.unshift(deployment);
    this.forgive();
    const { name, desired } = this.wish;
    if (desired > MAX_TASKS)
      this.options.log(`${name}: ${MAX_TASKS} of ${desired} tasks run here, the others are records`);
  }

  private forgive(): void {
    this.failuresInARow = 0;
    this.startNotBefore = 0;
  }

  private startTask(deployment: Deployment): void {
    const what = { ...this.wish, definition: deployment.definition };
    const task = this.options.createTask(what, (changed) => this.changed(changed, deployment));
    deployment.tasks.push(task);
    this.events.add(`has started 1 tasks: (task ${task.id}).`);
    void task.start();
  }

  private changed(task: LocalTask, deployment: Deployment): void {
    if (task.status === "RUNNING") this.register(task);
    // A task that ended by itself answers nothing more; one that is stopped was deregistered before.
    if (task.status === "STOPPING" && task.stopCode !== "SpotInterruption") this.targets.forget(task);
    if (task.status === "STOPPED") {
      this.targets.forget(task);
      deployment.tasks = deployment.tasks.filter((one) => one !== task);
      if (FAILURES.has(task.stopCode!)) this.failed(task, deployment);
    }
    // Not from within a step that is still going on.
    setImmediate(() => this.step());
  }

  private register(task: LocalTask): void {
    this.targets.register(task, this.wish.loadBalancers);
    for (const { targetGroupArn } of this.wish.loadBalancers)
      this.events.add(`registered 1 targets in (target-group ${targetGroupArn})`);
  }

  private async retire(task: LocalTask, code: StopCode, reason: string): Promise<void> {
    task.deactivate();
    this.events.add(`has begun draining connections on 1 tasks.`);
    await this.targets.deregister(task);
    this.events.add(`has stopped 1 running tasks: (task ${task.id}).`);
    await task.stop(code, reason);
  }

  private stopSome(tasks: readonly LocalTask[], count: number, reason: string): void {
    const unhealthyFirst = [...tasks].sort(
      (a, b) => Number(this.targets.isHealthy(a)) - Number(this.targets.isHealthy(b)),
    );
    for (const task of unhealthyFirst.slice(0, count))
      void this.retire(task, "ServiceSchedulerInitiated", reason);
  }

  /** After the grace period a task that fails its health checks is replaced. */
  private stopUnhealthy(): void {
    const oldest = Date.now() - this.wish.healthCheckGracePeriodSeconds * 1000;
    for (const task of alive(this.deployments)) {
      const group = this.targets.failing(task);
      if (!group || task.startedAt! > oldest) continue;
      const reason = `Task failed ELB health checks in (target-group ${group.targetGroupArn})`;
      this.events.add(
        `(task ${task.id}) (port ${group.containerPort}) is unhealthy in (target-group ${group.targetGroupArn}) due to (reason Health checks failed).`,
      );
      const deployment = this.deployments.find(({ tasks }) => tasks.includes(task))!;
      this.failed(task, deployment);
      void this.retire(task, "ServiceSchedulerInitiated", reason);
    }
  }

  private failed(task: LocalTask, deployment: Deployment): void {
    if (deployment !== this.primary || isShuttingDown()) return;
    this.failuresInARow++;
    this.startNotBefore = Date.now() + backoffMilliseconds(this.failuresInARow);
    this.isSteady = false;
    if (task.stoppedReason) this.events.add(`(task ${task.id}) has stopped: ${task.stoppedReason}.`);
    this.options.log(`${this.wish.name}: a task has failed: ${task.stoppedReason ?? "unhealthy"}`);
    if (deployment.rolloutState !== "IN_PROGRESS") return;
    deployment.failedTasks++;
    const { enable, rollback } = this.wish.circuitBreaker;
    if (enable && deployment.failedTasks >= breakerThreshold(this.wish.desired))
      this.breakOff(deployment, rollback);
  }

  private breakOff(deployment: Deployment, rollback: boolean): void {
    deployment.rolloutState = "FAILED";
    deployment.reason = "ECS deployment circuit breaker: tasks failed to start.";
    deployment.updatedAt = Date.now();
    deployment.finishedAt = deployment.updatedAt;
    this.events.add(`(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
    const earlier = this.history.find(({ rolloutState }) => rolloutState === "COMPLETED");
    if (!rollback || !earlier) return;
    deployment.rolledBackTo = earlier;
    earlier.rolloutState = "IN_PROGRESS";
    earlier.reason = `ECS deployment circuit breaker: rolling back to deploymentId ${earlier.id}.`;
    earlier.updatedAt = Date.now();
    this.deployments = [earlier, ...this.deployments.filter((one) => one !== earlier)];
    this.forgive();
    this.events.add(`rolling back to deployment ${earlier.id}.`);
  }

  /** Ends a rollout that is through. */
  private settle(primary: Deployment): void {
    const { healthy } = this.count([primary]);
    const isSteady = healthy === this.realDesired && this.tasks.length === healthy;
    if (!isSteady || this.isSteady) {
      this.isSteady = isSteady;
      return;
    }
    this.isSteady = true;
    this.failuresInARow = 0;
    if (primary.rolloutState === "IN_PROGRESS") {
      primary.rolloutState = "COMPLETED";
      primary.updatedAt = Date.now();
      primary.finishedAt ??= primary.updatedAt;
      primary.reason = `ECS deployment ${primary.id} completed.`;
      this.events.add(`(deployment ${primary.id}) deployment completed.`);
    }
    this.events.add("has reached a steady state.");
  }

  private count(deployments: readonly Deployment[]): TaskCounts {
    const tasks = alive(deployments);
    return { alive: tasks.length, healthy: tasks.filter((task) => this.targets.isHealthy(task)).length };
  }

  private describe(deployment: Deployment): DeploymentState {
    const isPrimary = deployment === this.primary;
    return stateOf(deployment, {
      isPrimary,
      desired: isPrimary ? this.wish.desired : 0,
      records: isPrimary ? this.wish.desired - this.realDesired : 0,
    });
  }
}

const SCALING = "Scaling activity initiated by deployment";
/** Ends that count against a deployment. */
const FAILURES: ReadonlySet<StopCode> = new Set(["EssentialContainerExited", "TaskFailedToStart"]);
