import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { deploymentId, type DeploymentState } from "../gateway/services/ecs-deployments";
import type { LocalTask } from "./task";

/** One deployment of a service. */
export interface Deployment {
  /** 1 for the first of its service. */
  readonly number: number;
  readonly id: string;
  readonly definition: TaskDefinition;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  updatedAt: number;
  /** When it was completed for the first time, or was given up. */
  finishedAt?: number;
  rolloutState: DeploymentState["rolloutState"];
  reason: string;
  failedTasks: number;
  /** Those that have not stopped. */
  tasks: LocalTask[];
  /** The deployment that took its place when it failed. */
  rolledBackTo?: Deployment;
}

export function newDeployment(number: number, definition: TaskDefinition): Deployment {
  const now = Date.now();
  const id = deploymentId(number);
  return {
    number,
    id,
    definition,
    createdAt: now,
    updatedAt: now,
    rolloutState: "IN_PROGRESS",
    reason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    tasks: [],
  };
}

export interface DeploymentCounts {
  readonly isPrimary: boolean;
  /** Tasks that the deployment is to have. */
  readonly desired: number;
  /** Tasks beyond those that run here: they run when the deployment is through. */
  readonly records: number;
}

/** A deployment as ECS describes it. */
export function stateOf(deployment: Deployment, counts: DeploymentCounts): DeploymentState {
  const { tasks, rolledBackTo, number, failedTasks, rolloutState, reason } = deployment;
  const inStatus = (wanted: LocalTask["status"]) => tasks.filter(({ status }) => status === wanted).length;
  const isCompleted = rolloutState === "COMPLETED";
  return {
    number,
    isPrimary: counts.isPrimary,
    taskDefinition: deployment.definition.taskDefinitionArn!,
    desired: counts.desired,
    running: inStatus("RUNNING") + (isCompleted ? counts.records : 0),
    pending: inStatus("PENDING") + (isCompleted ? 0 : counts.records),
    failedTasks,
    rolloutState,
    reason,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    finishedAt: deployment.finishedAt,
    ...(rolledBackTo && { rolledBackTo: stateOf(rolledBackTo, { isPrimary: true, desired: 0, records: 0 }) }),
  };
}

/** The tasks that are not being stopped. */
export function alive(deployments: readonly Deployment[]): LocalTask[] {
  return deployments
    .flatMap(({ tasks }) => tasks)
    .filter(({ status }) => status === "PENDING" || status === "RUNNING");
}
