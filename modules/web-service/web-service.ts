import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { TaskSize } from "../../contract/fargate";
import { AutoScaling } from "../ecs/auto-scaling";
import type { Capacity } from "../ecs/capacity";
import { Cluster, type ClusterProps } from "../ecs/cluster";
import type { Container } from "../ecs/container";
import { writeLogsStatement } from "../ecs/container-logs";
import type { DeploymentStrategy } from "../ecs/deployment";
import { DeploymentAlarm } from "../ecs/deployment-alarm";
import { FargateService } from "../ecs/fargate-service";
import type { OfficeHours } from "../shared/office-hours";
import type { Scaling } from "../ecs/scaling";
import type { HealthCheck } from "../ecs/target-group";
import { TaskDefinition } from "../ecs/task-definition";
import { ExecutionRole } from "../iam/execution-role";
import { TaskRole } from "../iam/task-role";
import { loadBalancerPanels, type LoadBalancerMetrics } from "../monitoring/load-balancer-panels";
import type { Panel } from "../monitoring/metric";
import { Monitoring } from "../monitoring/monitoring";
import type { NotificationTopic } from "../monitoring/notification-topic";
import { servicePanels, type ServiceMetrics } from "../monitoring/service-panels";
import type { Rule } from "../networking/security-group";
import type { PolicyStatement } from "../shared/policy-document";
import { Entrance, type EntranceProps } from "./entrance";

export interface WebServiceProps extends Omit<EntranceProps, "alarmActions"> {
  readonly containerInsights: ClusterProps["containerInsights"];
  /** Container that receives the requests. Its name is the last part of the service's names; its log is monitored. */
  readonly container: { readonly name: string; readonly port: number };
  readonly task: TaskProps;
  readonly healthCheck: HealthCheck;
  /** Seconds after a task's start during which failed health checks are ignored. @default 60 */
  readonly healthCheckGraceSeconds?: number;
  /** Minimum and maximum number of tasks. The minimum is 0 for a service without an image. */
  readonly tasks: { readonly min: number; readonly max: number };
  readonly capacity: Capacity;
  readonly deployment: DeploymentStrategy;
  /** Who deploys a new task definition; see `FargateService`. */
  readonly deploys?: "terraform" | "external";
  /** Egress in addition to HTTPS, by stable key. @default none */
  readonly egress?: Readonly<Record<string, Rule>>;
  /** Adds listener rules before that for all paths and returns them; see `FargateService`. @default none */
  readonly rulesBefore?: (target: RuleTarget) => readonly ITerraformDependable[];
  readonly scaling: Omit<Scaling, "maxTasks">;
  /** Hours during which tasks run. @default always */
  readonly officeHours?: OfficeHours;
  /** @default no notifications and no dashboard */
  readonly monitoring?: MonitoringSettings;
}

/** What a listener rule belongs to and forwards to (tokens). */
interface RuleTarget {
  readonly listenerArn: string;
  readonly targetGroupArn: string;
}

interface TaskProps {
  readonly size: TaskSize;
  readonly containers: readonly Container[];
  /** Names of empty volumes that the containers share. @default [] */
  readonly volumes?: readonly string[];
  /** Policy of the task role. */
  readonly statements: readonly PolicyStatement[];
  /** Policy of the execution role in addition to log access: private images, injected secrets. @default [] */
  readonly startStatements?: readonly PolicyStatement[];
  /** Resources that must exist while tasks run. @default [] */
  readonly dependsOn?: readonly ITerraformDependable[];
}

interface MonitoringSettings {
  /** Receives alarms, failed deployments and certificates that are not renewed. */
  readonly topic: NotificationTopic;
  readonly thresholds: LoadBalancerMetrics["thresholds"] & ServiceMetrics["thresholds"];
  /** Which 5xx responses count: also those of the tasks, or only the load balancer's own. */
  readonly serverErrorsOf: LoadBalancerMetrics["serverErrorsOf"];
  /** Additional panels below those of the service, given the log groups of its containers. @default none */
  readonly panels?: (ready: readonly ITerraformDependable[]) => readonly Panel[];
}

/**
 * A web service on Fargate: entrance, cluster, roles, task definition, service with an alarm that rolls back
 * deployments, scaling and monitoring.
 *
 * Cost: docs/costs.md.
 *
 * @throws Error with all faults of the task, the deployment, the numbers or the domain
 */
export class WebService extends Construct {
  public readonly entrance: Entrance;
  public readonly cluster: Cluster;
  public readonly taskDefinition: TaskDefinition;
  public readonly service: FargateService;
  /** Log groups of the containers and of Container Insights. */
  public readonly logGroupNames: readonly string[];
  /** ARNs of the tasks' roles (tokens). A pipeline that registers revisions must be allowed to pass them. */
  public readonly taskRoleArns: readonly string[];
  /** Literal; absent without `monitoring`. */
  public readonly dashboardName: string | undefined;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { names, networking, container, task, tasks, monitoring } = props;

    this.entrance = new Entrance(this, "entrance", {
      ...props,
      alarmActions: monitoring && [monitoring.topic.topicArn],
    });
    const { loadBalancer } = this.entrance;
    this.cluster = new Cluster(this, "cluster", props);

    const executionRole = new ExecutionRole(this, "execution-role", {
      names,
      statements: [writeLogsStatement(names, task.containers), ...(task.startStatements ?? [])],
    });
    const taskRole = new TaskRole(this, "task-role", { names, statements: task.statements });
    this.taskDefinition = new TaskDefinition(this, "task-definition", {
      ...task,
      names,
      purpose: container.name,
      executionRoleArn: executionRole.roleArn,
      taskRoleArn: taskRole.roleArn,
      logRetentionDays: props.logRetentionDays,
    });

    const alarm = new DeploymentAlarm(this, "deployment-alarm", { names, loadBalancer });
    this.service = new FargateService(this, "service", {
      names,
      purpose: container.name,
      cluster: this.cluster,
      loadBalancer,
      vpcId: networking.vpcId,
      vpcCidr: networking.vpcCidr,
      subnetIds: networking.privateSubnetIds,
      taskDefinitionArn: this.taskDefinition.arn,
      containerName: container.name,
      containerPort: container.port,
      healthCheck: props.healthCheck,
      healthCheckGraceSeconds: props.healthCheckGraceSeconds,
      minTasks: tasks.min,
      capacity: props.capacity,
      deployment: { ...props.deployment, alarmNames: [alarm.alarmName] },
      deploys: props.deploys,
      egress: props.egress,
      rulesBefore: (targetGroupArn) =>
        props.rulesBefore?.({ listenerArn: loadBalancer.listenerArn, targetGroupArn }) ?? [],
      dependsOn: [
        ...executionRole.ready,
        ...taskRole.ready,
        ...(task.dependsOn ?? []),
        ...networking.privateConnectivity,
        alarm.ready,
      ],
    });
    new AutoScaling(this, "scaling", {
      ...props.scaling,
      names,
      service: this.service,
      purpose: container.name,
      maxTasks: tasks.max,
      officeHours: props.officeHours,
    });

    this.taskRoleArns = [executionRole.roleArn, taskRole.roleArn];
    this.logGroupNames = [...this.taskDefinition.logGroupNames, this.cluster.insightsLogGroupName];
    this.dashboardName = monitoring && this.watch(monitoring, props).dashboardName;
  }

  private watch(
    settings: MonitoringSettings,
    { names, container, officeHours }: WebServiceProps,
  ): Monitoring {
    const { topic, thresholds, serverErrorsOf, panels } = settings;
    const { loadBalancer, targetGroups, clusterName, serviceName, serviceArn } = this.service;
    return new Monitoring(this, "monitoring", {
      names,
      topic,
      panels: [
        ...loadBalancerPanels({
          loadBalancer: loadBalancer.arnSuffix,
          targetGroups: targetGroups.map(({ arnSuffix }) => arnSuffix),
          thresholds,
          serverErrorsOf,
          officeHours,
        }),
        ...servicePanels({ clusterName, serviceName, thresholds }),
        ...(panels?.(this.taskDefinition.logGroups) ?? []),
      ],
      serviceArn,
      log: { groupName: names.logGroup(container.name), ready: this.taskDefinition.logGroups },
    });
  }
}
