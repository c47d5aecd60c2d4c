import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  type Deployment,
  type Service,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  TargetGroupNotFoundException,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { StatusClients } from "./clients";

/** The current state of an ECS service. */
export interface ServiceStatus {
  readonly cluster: string;
  readonly service: string;
  readonly running: number;
  readonly desired: number;
  readonly pending: number;
  /** Newest first; more than one during a rollout. */
  readonly deployments: readonly DeploymentStatus[];
  readonly targetGroups: readonly TargetGroupStatus[];
}

export interface DeploymentStatus {
  /** `PRIMARY`, or `ACTIVE` for one that is being replaced. */
  readonly status: string;
  /** `IN_PROGRESS`, `COMPLETED` or `FAILED`. */
  readonly rolloutState: string;
  readonly reason?: string;
  /** Family and revision. */
  readonly taskDefinition: string;
  readonly running: number;
  readonly desired: number;
  readonly failedTasks: number;
}

export interface TargetGroupStatus {
  readonly name: string;
  /** Number of targets by state: `healthy`, `unhealthy`, `draining`, `initial`, `unused` … */
  readonly targets: Readonly<Record<string, number>>;
  /** Targets that get no requests, with the reason. */
  readonly notHealthy: readonly {
    readonly target: string;
    readonly state: string;
    readonly reason?: string;
  }[];
}

/** The services of a cluster; `undefined` if the cluster does not exist or was deleted. */
export async function servicesOf(
  clients: Pick<StatusClients, "ecs" | "elb">,
  cluster: string,
): Promise<ServiceStatus[] | undefined> {
  // For a while AWS still describes a deleted cluster as INACTIVE and lists its services without an error:
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
  const { clusters = [] } = await clients.ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
  if (!clusters.some(({ status }) => status !== "INACTIVE")) return undefined;
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await clients.ecs.send(new ListServicesCommand({ cluster, nextToken }));
    arns.push(...(page.serviceArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  // A stack has one service, and one call describes up to ten.
  if (arns.length === 0) return [];
  const { services = [] } = await clients.ecs.send(
    new DescribeServicesCommand({ cluster, services: arns.slice(0, 10) }),
  );
  const present = services.filter(({ status }) => status !== "INACTIVE");
  return Promise.all(present.map((service) => statusOf(clients, cluster, service)));
}

async function statusOf(
  clients: Pick<StatusClients, "elb">,
  cluster: string,
  service: Service,
): Promise<ServiceStatus> {
  const { serviceName, runningCount, desiredCount, pendingCount, deployments = [] } = service;
  return {
    cluster,
    service: serviceName!,
    running: runningCount ?? 0,
    desired: desiredCount ?? 0,
    pending: pendingCount ?? 0,
    deployments: deployments.map(deploymentOf),
    targetGroups: await Promise.all(targetGroupsOf(service).map((arn) => healthOf(clients, arn))),
  };
}

function deploymentOf(deployment: Deployment): DeploymentStatus {
  const { status, rolloutState, rolloutStateReason, taskDefinition, failedTasks } = deployment;
  return {
    status: status ?? "UNKNOWN",
    rolloutState: rolloutState ?? "UNKNOWN",
    ...(rolloutStateReason && { reason: rolloutStateReason }),
    taskDefinition: taskDefinition?.split("/").at(-1) ?? "",
    running: deployment.runningCount ?? 0,
    desired: deployment.desiredCount ?? 0,
    failedTasks: failedTasks ?? 0,
  };
}

/** The target groups of a service; two if it shifts traffic between them. */
function targetGroupsOf({ loadBalancers = [] }: Service): string[] {
  return loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
  );
}

async function healthOf({ elb }: Pick<StatusClients, "elb">, arn: string): Promise<TargetGroupStatus> {
  const name = arn.split("/")[1] ?? arn;
  let described: readonly TargetHealthDescription[];
  try {
    const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    described = answer.TargetHealthDescriptions ?? [];
  } catch (error) {
    if (!(error instanceof TargetGroupNotFoundException)) throw error;
    return { name: `${name} (gone)`, targets: {}, notHealthy: [] };
  }
  const targets: Record<string, number> = {};
  for (const { TargetHealth } of described) {
    const state = TargetHealth?.State ?? "unknown";
    targets[state] = (targets[state] ?? 0) + 1;
  }
  return { name, targets, notHealthy: described.flatMap(notHealthy) };
}

function notHealthy({ Target, TargetHealth }: TargetHealthDescription) {
  const { State: state = "unknown", Reason, Description } = TargetHealth ?? {};
  if (state === "healthy") return [];
  const reason = [Reason, Description].filter(Boolean).join(": ");
  return [{ target: `${Target?.Id}:${Target?.Port}`, state, ...(reason && { reason }) }];
}
