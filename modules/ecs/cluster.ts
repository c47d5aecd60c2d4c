import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";

export interface ClusterProps {
  readonly names: Names;
  /**
   * `enhanced` adds metrics per task and container; both are charged per metric.
   * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
   */
  readonly containerInsights: "enhanced" | "enabled";
  /** Retention of Container Insights' performance events, in days. */
  readonly logRetentionDays: number;
}

/**
 * An ECS cluster for Fargate and Fargate Spot with Container Insights. The cluster itself is free.
 *
 * It creates the log group of Container Insights before the cluster. Otherwise AWS creates the group with
 * unlimited retention, and a destroy leaves it behind.
 */
export class Cluster extends Construct {
  /** Name (a token). */
  public readonly clusterName: string;
  /** ARN (a token). */
  public readonly clusterArn: string;
  /** Name of Container Insights' log group. */
  public readonly insightsLogGroupName: string;
  /** The capacity providers, which a service must wait for. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { names } = props;
    const name = names.name("cluster");
    this.insightsLogGroupName = `/aws/ecs/containerinsights/${name}/performance`;

    const insightsLogGroup = new CloudwatchLogGroup(this, "insights-log-group", {
      name: this.insightsLogGroupName,
      retentionInDays: props.logRetentionDays,
      tags: { Name: this.insightsLogGroupName },
    });
    const cluster = new EcsCluster(this, "cluster", {
      name,
      setting: [{ name: "containerInsights", value: props.containerInsights }],
      tags: { Name: name },
      dependsOn: [insightsLogGroup],
    });
    const capacityProviders = new EcsClusterCapacityProviders(this, "capacity-providers", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      // For tasks started manually; services always set their own strategy.
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", base: 0, weight: 1 }],
    });
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.ready = [capacityProviders];
  }
}
