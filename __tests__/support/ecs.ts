import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { TerraformStack } from "cdktf";
import { Cluster, type ClusterProps } from "../../modules/ecs/cluster";
import { FargateService, type FargateServiceProps } from "../../modules/ecs/fargate-service";
import { LoadBalancer, type LoadBalancerProps } from "../../modules/ecs/load-balancer";
import { testNames } from "./names";

/** A cluster in an otherwise empty stack. */
export function testCluster(stack: TerraformStack, props: Partial<ClusterProps> = {}): Cluster {
  return new Cluster(stack, "cluster", {
    names: testNames,
    containerInsights: "enabled",
    logRetentionDays: 7,
    ...props,
  });
}

/** A load balancer; the log group stands for the bucket policy it waits for. */
export function testLoadBalancer(
  stack: TerraformStack,
  props: Partial<LoadBalancerProps> = {},
): LoadBalancer {
  return new LoadBalancer(stack, "load-balancer", {
    names: testNames,
    vpcId: "vpc-1",
    subnetIds: ["subnet-1", "subnet-2"],
    allowedCidrs: ["203.0.113.0/24"],
    accessLogs: { bucketName: "logs", ready: new CloudwatchLogGroup(stack, "ready", { name: "ready" }) },
    deletionProtection: false,
    ...props,
  });
}

/** A service with a cluster and load balancer of its own. */
export function testService(stack: TerraformStack, props: Partial<FargateServiceProps> = {}): FargateService {
  return new FargateService(stack, "service", {
    names: testNames,
    purpose: "api",
    cluster: props.cluster ?? testCluster(stack),
    loadBalancer: props.loadBalancer ?? testLoadBalancer(stack),
    vpcId: "vpc-1",
    vpcCidr: "10.0.0.0/16",
    subnetIds: ["subnet-3", "subnet-4"],
    taskDefinitionArn: "arn:aws:ecs:us-east-1:111122223333:task-definition/api:1",
    containerName: "api",
    containerPort: 8080,
    healthCheck: { path: "/health" },
    minTasks: 2,
    capacity: "onDemand",
    deployment: { strategy: "rolling" },
    ...props,
  });
}
