import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { Op, ref, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { ROLLED_BACK } from "../../contract/rolled-back";
import { EcsInfrastructureRole } from "../iam/ecs-infrastructure-role";
import { SecurityGroup, type Rule } from "../networking/security-group";
import { requireAwsProvider } from "../shared/aws-provider";
import { capacityFaults, capacityProviderStrategy, type Capacity } from "./capacity";
import type { Cluster } from "./cluster";
import {
  deploymentArguments,
  deploymentFaults,
  shiftsTraffic,
  TRAFFIC_SHIFT_PROVIDER,
  type Deployment,
} from "./deployment";
import { refuseFaults, wholeNumberFaults } from "../shared/faults";
import { productionRule } from "./listener-rule";
import type { LoadBalancer } from "./load-balancer";
import { TargetGroup, type HealthCheck } from "./target-group";

export interface FargateServiceProps {
  readonly names: Names;
  /** Last part of the names, for example `mockserver`. */
  readonly purpose: string;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly vpcId: string;
  /** Network of that VPC (a literal). */
  readonly vpcCidr: string;
  /** Subnets of the tasks, without public addresses. */
  readonly subnetIds: readonly string[];
  readonly taskDefinitionArn: string;
  /** Container that takes the requests, and its port. */
  readonly containerName: string;
  readonly containerPort: number;
  readonly healthCheck: HealthCheck;
  /** Seconds after a task's start during which failed health checks are ignored, from 0. @default 60 */
  readonly healthCheckGraceSeconds?: number;
  /** Seconds for a deregistered task to finish its requests, 0 to 3600. @default 30 */
  readonly deregistrationDelaySeconds?: number;
  /** Number of tasks at the first deployment and minimum of auto scaling. 0 if there is no image yet. */
  readonly minTasks: number;
  readonly capacity: Capacity;
  readonly deployment: Deployment;
  /**
   * Who deploys a new task definition. `external` is a pipeline; Terraform then ignores the service's task definition.
   * A traffic shift started by Terraform does not switch target groups
   * (https://github.com/hashicorp/terraform-provider-aws/issues/45678).
   *
   * @default "terraform" for a rolling deployment, "external" for the others
   */
  readonly deploys?: "terraform" | "external";
  /**
   * Egress in addition to port 443, by stable key. DNS needs no rule: security groups do not filter the VPC's resolver.
   *
   * @default none
   */
  readonly egress?: Readonly<Record<string, Rule>>;
  /** Resources that must exist while tasks run, for example `role.ready` of the task's roles. @default none */
  readonly dependsOn?: readonly ITerraformDependable[];
  /**
   * Adds listener rules before that for all paths, such as those that keep callers away from some paths, and returns
   * them. They exist as long as tasks run.
   *
   * @default none
   */
  readonly rulesBefore?: (targetGroupArn: string) => readonly ITerraformDependable[];
}

/** Images, S3, CloudWatch Logs and Secrets Manager have no fixed addresses. */
const HTTPS_EGRESS: Readonly<Record<string, Rule>> = {
  "https-anywhere": {
    description: "HTTPS to AWS services and registries",
    port: 443,
    peer: { cidr: "0.0.0.0/0" },
  },
};

/**
 * A Fargate service behind a load balancer: security group, target group (two if deployments shift traffic), listener
 * rule for all paths, and the service. For scaling see `AutoScaling`.
 *
 * ECS Exec is disabled, because it needs a writable root file system.
 *
 * @throws Error with all faults of the numbers, the capacity and the deployment
 */
export class FargateService extends Construct {
  /** Name (a token). */
  public readonly serviceName: string;
  /** ARN (a token). */
  public readonly serviceArn: string;
  /** Name of the cluster it runs in (a token). */
  public readonly clusterName: string;
  public readonly minTasks: number;
  public readonly securityGroup: SecurityGroup;
  /** Load balancer whose target groups these are: a dimension of their metrics. */
  public readonly loadBalancer: LoadBalancer;
  /** One target group, or two when the deployment shifts traffic. */
  public readonly targetGroups: readonly TargetGroup[];

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const { names, purpose, cluster, loadBalancer, deployment } = props;
    const { healthCheckGraceSeconds = 60 } = props;
    refuseFaults("service", [
      ...wholeNumberFaults("minTasks", props.minTasks, 0, 5000),
      ...wholeNumberFaults("healthCheckGraceSeconds", healthCheckGraceSeconds, 0, 2_147_483_647),
      ...capacityFaults(props.capacity),
      ...deploymentFaults(deployment),
    ]);
    const shifting = shiftsTraffic(deployment);
    if (shifting) requireAwsProvider(this, TRAFFIC_SHIFT_PROVIDER);

    this.minTasks = props.minTasks;
    this.clusterName = cluster.clusterName;
    this.loadBalancer = loadBalancer;
    this.securityGroup = new SecurityGroup(this, "security-group", {
      names,
      purpose,
      vpcId: props.vpcId,
      description: `Tasks of ${purpose}`,
    });
    const rules = this.allow(props);

    const blue = this.targetGroup("blue", props);
    const green = shifting ? this.targetGroup("green", props) : undefined;
    this.targetGroups = green ? [blue, green] : [blue];
    const rule = productionRule(this, "rule", {
      listenerArn: loadBalancer.listenerArn,
      blue,
      green,
    });
    const infrastructureRole = shifting
      ? new EcsInfrastructureRole(this, "infrastructure-role", { names })
      : undefined;

    const { deploys = shifting ? "external" : "terraform" } = props;
    const name = names.name("service", purpose);
    const service = new EcsService(this, "service", {
      ...deploymentArguments(deployment),
      name,
      cluster: cluster.clusterArn,
      taskDefinition: props.taskDefinitionArn,
      // Without it the service would start with 0 tasks. Auto scaling changes it later.
      desiredCount: props.minTasks,
      capacityProviderStrategy: capacityProviderStrategy(props.capacity),
      // Without it, changing the capacity provider strategy replaces the service.
      forceNewDeployment: true,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      // The default differs between provider releases. Needs a maximum above 100 percent.
      availabilityZoneRebalancing: "ENABLED",
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      healthCheckGracePeriodSeconds: healthCheckGraceSeconds,
      waitForSteadyState: true,
      networkConfiguration: {
        subnets: [...props.subnetIds],
        securityGroups: [this.securityGroup.securityGroupId],
        assignPublicIp: false,
      },
      loadBalancer: [
        {
          targetGroupArn: blue.targetGroupArn,
          containerName: props.containerName,
          containerPort: props.containerPort,
          advancedConfiguration: green &&
            infrastructureRole && {
              alternateTargetGroupArn: green.targetGroupArn,
              productionListenerRule: rule.arn,
              roleArn: infrastructureRole.roleArn,
            },
        },
      ],
      tags: { Name: name },
      lifecycle: {
        ignoreChanges: ["desired_count", ...(deploys === "external" ? ["task_definition"] : [])],
        // A service that has rolled back is steady as well. Failing here also keeps the old revision, which runs:
        // Terraform deregisters it only after a success.
        // https://github.com/hashicorp/terraform-provider-aws/issues/20858
        postcondition:
          deploys === "external"
            ? undefined
            : [
                {
                  condition: Op.eq(ref("self.task_definition"), props.taskDefinitionArn),
                  errorMessage: `${ROLLED_BACK}: ${name} runs \${self.task_definition} again.`,
                },
              ],
      },
      // A service can use a target group only after a rule does. On destroy, rules and roles must outlive the tasks, or
      // these never drain.
      dependsOn: [
        rule,
        ...(props.rulesBefore?.(blue.targetGroupArn) ?? []),
        ...rules,
        ...cluster.ready,
        ...(infrastructureRole?.ready ?? []),
        ...(props.dependsOn ?? []),
      ],
    });
    this.serviceName = service.name;
    this.serviceArn = service.id;
  }

  /** Opens only the container's port, between load balancer and tasks, and the egress. */
  private allow(props: FargateServiceProps): readonly ITerraformDependable[] {
    const { purpose, loadBalancer, containerPort, egress } = props;
    return [
      this.securityGroup.allowFrom("load-balancer", {
        description: "Requests and health checks from the load balancer",
        port: containerPort,
        peer: { securityGroup: loadBalancer.securityGroup },
      }),
      loadBalancer.securityGroup.allowTo(purpose, {
        description: `Requests and health checks to ${purpose}`,
        port: containerPort,
        peer: { securityGroup: this.securityGroup },
      }),
      ...Object.entries({ ...HTTPS_EGRESS, ...egress }).map(([key, rule]) =>
        this.securityGroup.allowTo(key, rule),
      ),
    ];
  }

  private targetGroup(color: "blue" | "green", props: FargateServiceProps): TargetGroup {
    return new TargetGroup(this, color, {
      names: props.names,
      service: props.purpose,
      color,
      vpcId: props.vpcId,
      vpcCidr: props.vpcCidr,
      port: props.containerPort,
      healthCheck: props.healthCheck,
      deregistrationDelaySeconds: props.deregistrationDelaySeconds ?? 30,
    });
  }
}
