import type { JsonObject } from "../call";

/** Time for a service without real tasks to reach its desired count. */
export const SETTLE_MILLISECONDS = 1000;

/** The current state of a deployment. */
export interface DeploymentState {
  /** 1 for the first of its service. */
  readonly number: number;
  readonly isPrimary: boolean;
  /** ARN. */
  readonly taskDefinition: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failedTasks: number;
  readonly rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it was completed or had failed. */
  readonly finishedAt?: number;
  /** The deployment that replaced it after its failure. */
  readonly rolledBackTo?: DeploymentState;
}

/** Common properties of a service's deployments. */
export interface OfService {
  readonly service: JsonObject;
  readonly strategy: unknown[] | undefined;
  readonly ofDeployment: JsonObject;
}

/** `ecs-svc/<16 digits>`. */
export function deploymentId(number: number): string {
  return `ecs-svc/${String(number).padStart(16, "0")}`;
}

/** A deployment as DescribeServices shows it. */
export function describeDeployment(state: DeploymentState, { service, strategy, ofDeployment }: OfService) {
  return {
    id: deploymentId(state.number),
    status: state.isPrimary ? "PRIMARY" : "ACTIVE",
    taskDefinition: state.taskDefinition,
    desiredCount: state.desired,
    pendingCount: state.pending,
    runningCount: state.running,
    failedTasks: state.failedTasks,
    createdAt: state.createdAt / 1000,
    updatedAt: state.updatedAt / 1000,
    networkConfiguration: service.networkConfiguration,
    rolloutState: state.rolloutState,
    rolloutStateReason: state.reason,
    ...(strategy?.length ? { capacityProviderStrategy: strategy } : { launchType: service.launchType }),
    ...ofDeployment,
  };
}

/** One deployment as ListServiceDeployments and DescribeServiceDeployments show it. */
export function describeServiceDeployment(serviceArn: string, state: DeploymentState): JsonObject {
  const revisionArn = revisionOf(serviceArn, state);
  const { rolledBackTo } = state;
  return {
    serviceDeploymentArn: `${partOf(serviceArn, "service-deployment")}/${digits(state.number)}`,
    serviceArn,
    clusterArn: serviceArn.replace(/:service\/([^/]+)\/.*$/, ":cluster/$1"),
    targetServiceRevisionArn: revisionArn,
    targetServiceRevision: { arn: revisionArn },
    createdAt: state.createdAt / 1000,
    startedAt: state.createdAt / 1000,
    ...(state.finishedAt !== undefined && { finishedAt: state.finishedAt / 1000 }),
    status: statusOf(state),
    ...(rolledBackTo && {
      statusReason: state.reason,
      rollback: {
        reason: state.reason,
        startedAt: state.updatedAt / 1000,
        serviceRevisionArn: revisionOf(serviceArn, rolledBackTo),
      },
    }),
  };
}

function statusOf({ rolledBackTo, rolloutState, finishedAt, isPrimary }: DeploymentState): string {
  if (rolledBackTo)
    return rolledBackTo.rolloutState === "COMPLETED" ? "ROLLBACK_SUCCESSFUL" : "ROLLBACK_IN_PROGRESS";
  if (rolloutState === "FAILED") return "STOPPED";
  if (finishedAt !== undefined) return "SUCCESSFUL";
  return isPrimary ? "IN_PROGRESS" : "STOPPED"; // a newer one came before it was through
}

function revisionOf(serviceArn: string, { number }: DeploymentState): string {
  return `${partOf(serviceArn, "service-revision")}/${digits(number)}`;
}

function digits(number: number): string {
  return String(number).padStart(16, "0");
}

/** `…:service/cluster/name` as `…:<kind>/cluster/name`. */
function partOf(serviceArn: string, kind: string): string {
  return serviceArn.replace(":service/", `:${kind}/`);
}
