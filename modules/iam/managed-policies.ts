import type { Names } from "../../contract/names";

/**
 * The policies of AWS that roles of an environment have: the ARN of another one is refused to the role that applies it.
 *
 * Unlike older policies for ECS, that of the load balancers has no `service-role/` in its path.
 */
export const SERVICE_POLICIES = {
  ecsLoadBalancers: "AmazonECSInfrastructureRolePolicyForLoadBalancers",
  rdsMonitoring: "service-role/AmazonRDSEnhancedMonitoringRole",
} as const;

/** ARN of a policy that AWS manages. */
export function managedPolicyArn({ partition }: Pick<Names, "partition">, policy: string): string {
  return `arn:${partition}:iam::aws:policy/${policy}`;
}
