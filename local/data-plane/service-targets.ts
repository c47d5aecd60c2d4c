import type { TargetGroups } from "./target-groups";
import type { LocalTask } from "./task";

/** Where a service registers its tasks. */
export interface ServiceTarget {
  readonly targetGroupArn: string;
  readonly containerPort: number;
}

/** The tasks of one service in the target groups that the service had when they started. */
export class ServiceTargets {
  private readonly registered = new Map<LocalTask, readonly ServiceTarget[]>();
  private addresses = 0;

  constructor(private readonly groups: TargetGroups) {}

  register(task: LocalTask, targets: readonly ServiceTarget[]): void {
    const number = this.addresses++;
    const address = `10.0.${Math.floor(number / 200) % 250}.${10 + (number % 200)}`;
    this.registered.set(task, targets);
    for (const { targetGroupArn, containerPort } of targets) {
      const hostPort = task.hostPort(containerPort);
      this.groups.register(targetGroupArn, { taskId: task.id, address, containerPort, hostPort });
    }
  }

  /** Resolves when no request is in flight, at the latest after the deregistration delay. */
  async deregister(task: LocalTask): Promise<void> {
    await Promise.all(
      this.of(task).map(({ targetGroupArn }) => this.groups.deregister(targetGroupArn, task.id)),
    );
    this.registered.delete(task);
  }

  /** Takes a task away that has ended. */
  forget(task: LocalTask): void {
    for (const { targetGroupArn } of this.of(task)) this.groups.forget(targetGroupArn, task.id);
    this.registered.delete(task);
  }

  /** Running, and healthy wherever it is registered. */
  isHealthy(task: LocalTask): boolean {
    return (
      task.status === "RUNNING" &&
      this.registered.has(task) &&
      this.of(task).every(({ targetGroupArn }) => this.groups.stateOf(targetGroupArn, task.id) === "healthy")
    );
  }

  /** The target group whose health checks a task fails. */
  failing(task: LocalTask): ServiceTarget | undefined {
    return this.of(task).find(
      ({ targetGroupArn }) => this.groups.stateOf(targetGroupArn, task.id) === "unhealthy",
    );
  }

  private of(task: LocalTask): readonly ServiceTarget[] {
    return this.registered.get(task) ?? [];
  }
}
