import type { Entity } from "./entity";

export interface LoadBalancer extends Entity {
  readonly name: string;
  readonly vpcId: string;
  readonly groupIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly interfaceIds: readonly string[];
  /** Bucket of the access logs: it goes on filling until after the deletion. */
  readonly logBucket: string | undefined;
  deletionProtection: boolean;
}

export interface Listener extends Entity {
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly certificateArn: string | undefined;
  readonly targetGroupArns: readonly string[];
}

export interface ListenerRule extends Entity {
  readonly listenerArn: string;
  readonly priority: string;
  readonly targetGroupArns: readonly string[];
}

export interface TargetGroup extends Entity {
  readonly name: string;
  readonly vpcId: string;
  deregistrationDelaySeconds: number;
  /** The load balancer is gone but its use of the group is still on record. */
  inUseUntil: number;
}

export interface Cluster extends Entity {
  readonly name: string;
  readonly containerInsights: boolean;
  capacityProviders: string[];
  status: "ACTIVE" | "INACTIVE";
}

export interface Service extends Entity {
  readonly name: string;
  readonly clusterArn: string;
  readonly taskDefinition: string;
  readonly groupIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly targetGroupArns: readonly string[];
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desired: number;
}

export interface Task extends Entity {
  readonly clusterArn: string;
  readonly serviceName: string;
  readonly taskDefinition: string;
  readonly interfaceId: string;
  status: "RUNNING" | "DEACTIVATING" | "STOPPED";
}

export interface TaskDefinition extends Entity {
  readonly family: string;
  readonly revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
}

export interface ScalableTarget extends Entity {
  readonly resourceId: string;
  readonly minimum: number;
  readonly maximum: number;
}

export interface ScalingPolicy extends Entity {
  readonly name: string;
  readonly resourceId: string;
}

export interface Database extends Entity {
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  readonly interfaceIds: readonly string[];
  deletionProtection: boolean;
  status: "available" | "modifying" | "deleting";
}

/** Subnet group or parameter group. */
export interface DatabaseGroup extends Entity {
  /** Of a subnet group. */
  readonly vpcId: string | undefined;
}

export interface LambdaFunction extends Entity {
  readonly name: string;
}
