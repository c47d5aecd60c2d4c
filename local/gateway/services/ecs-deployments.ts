import type { JsonObject } from "../call";

/** How long a service takes to reach its desired count after a change. */
export const SETTLE_MILLISECONDS = 1000;

export interface Deployment {
  /** 1 for the first of its service. */
  readonly number: number;
  readonly id: string;
  readonly revisionArn: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export function newDeployment(serviceArn: string, number: number, now: number): Deployment {
  const id = String(number).padStart(16, "0");
  return {
    number,
    id,
    revisionArn: `${partOf(serviceArn, "service-revision")}/${id}`,
    createdAt: now,
    changedAt: now,
  };
}

export interface Rollout {
  readonly running: number;
  readonly desired: number;
  readonly settled: boolean;
  readonly strategy: unknown[] | undefined;
  readonly ofDeployment: JsonObject;
}

/** `deployments` of a service: the PRIMARY one alone, as on AWS once the old tasks have gone. */
export function deploymentsOf(service: JsonObject, deployment: Deployment, rollout: Rollout): JsonObject[] {
  const { running, desired, settled, strategy, ofDeployment } = rollout;
  return [
    {
      id: `ecs-svc/${deployment.id}`,
      status: "PRIMARY",
      taskDefinition: service.taskDefinition,
      desiredCount: desired,
      pendingCount: desired - running,
      runningCount: running,
      failedTasks: 0,
      createdAt: deployment.createdAt / 1000,
      updatedAt: deployment.changedAt / 1000,
      networkConfiguration: service.networkConfiguration,
      rolloutState: settled ? "COMPLETED" : "IN_PROGRESS",
      rolloutStateReason: `ECS deployment ecs-svc/${deployment.id} ${settled ? "completed" : "in progress"}.`,
      ...(strategy?.length ? { capacityProviderStrategy: strategy } : { launchType: service.launchType }),
      ...ofDeployment,
    },
  ];
}

/** One deployment as ListServiceDeployments and DescribeServiceDeployments show it. */
export function describeServiceDeployment(
  serviceArn: string,
  deployment: Deployment,
  now: number,
): JsonObject {
  const settled = now - deployment.changedAt >= SETTLE_MILLISECONDS;
  return {
    serviceDeploymentArn: `${partOf(serviceArn, "service-deployment")}/${deployment.id}`,
    serviceArn,
    clusterArn: serviceArn.replace(/:service\/([^/]+)\/.*$/, ":cluster/$1"),
    targetServiceRevisionArn: deployment.revisionArn,
    targetServiceRevision: { arn: deployment.revisionArn },
    createdAt: deployment.createdAt / 1000,
    startedAt: deployment.createdAt / 1000,
    ...(settled && { finishedAt: (deployment.changedAt + SETTLE_MILLISECONDS) / 1000 }),
    status: settled ? "SUCCESSFUL" : "IN_PROGRESS",
  };
}

/** `…:service/cluster/name` as `…:<kind>/cluster/name`. */
function partOf(serviceArn: string, kind: string): string {
  return serviceArn.replace(":service/", `:${kind}/`);
}
