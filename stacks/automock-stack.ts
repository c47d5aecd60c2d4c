import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { taskSize } from "../contract/fargate";
import { MEMORY_SCALE_IN_PERCENT } from "../contract/mockserver-memory";
import { Names } from "../contract/names";
import type { Environment } from "../environments";
import { sectionOf } from "../environments/systems";
import { ConfigBucket } from "../modules/config-bucket/config-bucket";
import { AutoScaling } from "../modules/ecs/auto-scaling";
import { Cluster } from "../modules/ecs/cluster";
import { DeploymentAlarm } from "../modules/ecs/deployment-alarm";
import { FargateService } from "../modules/ecs/fargate-service";
import type { LoadBalancer } from "../modules/ecs/load-balancer";
import { TaskDefinition } from "../modules/ecs/task-definition";
import { ExecutionRole } from "../modules/iam/execution-role";
import { TaskRole } from "../modules/iam/task-role";
import {
  MOCKSERVER_CONTAINER,
  MOCKSERVER_PORT,
  mockServerContainers,
} from "../modules/mockserver/containers";
import { ControlPlaneRules } from "../modules/mockserver/control-plane-rules";
import { mockServerImage, READINESS_PATH } from "../modules/mockserver/image";
import { loadBalancerPanels } from "../modules/monitoring/load-balancer-panels";
import type { Panel } from "../modules/monitoring/metric";
import { Monitoring } from "../modules/monitoring/monitoring";
import { NotificationTopic } from "../modules/monitoring/notification-topic";
import { servicePanels } from "../modules/monitoring/service-panels";
import { Networking } from "../modules/networking/networking";
import type { EnvironmentTtl } from "../modules/ttl-cleanup/environment-ttl";
import { BaseStack } from "./base-stack";
import { timeToLive } from "./time-to-live";
import { entrance } from "./entrance";

const SYSTEM = "automock";
const PURPOSE = "mockserver";

const RUNBOOKS = "docs/runbooks/alarms.md";

/** Time for loader and JVM to start on a quarter of a vCPU, generously estimated. */
const START_SECONDS = 120;

/**
 * A mock API for a team: MockServer on Fargate behind a load balancer, 1 to 200 tasks, with its own network,
 * certificate and expectations in S3.
 *
 * Cost: docs/costs.md. The largest parts are tasks, NAT gateways and the load balancer.
 */
export class AutomockStack extends BaseStack {
  private readonly names: Names;
  private readonly ttl: EnvironmentTtl | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly environment: Environment,
  ) {
    const { name, accountId, region, owner, costCenter, locking } = environment;
    const automock = sectionOf(environment, "automock");
    const ephemeral = environment.ttlHours !== undefined;
    super(scope, id, {
      accountId,
      region,
      locking,
      tags: { system: SYSTEM, environment: name, owner, costCenter, ephemeral },
    });
    this.names = new Names({ system: SYSTEM, environment: name, accountId, region });
    this.ttl = timeToLive(this, SYSTEM, environment);
    if (this.ttl)
      this.output("expires_at", this.ttl.expiresAt, "When the environment is removed, unless it is extended");

    const networking = new Networking(this, "networking", {
      names: this.names,
      ...automock.network,
      flowLogRetentionDays: automock.logRetentionDays,
    });
    const configBucket = new ConfigBucket(this, "config-bucket", {
      names: this.names,
      forceDestroy: ephemeral,
    });
    // An ephemeral environment is watched by its reaper; it is gone before anybody would look at a dashboard.
    const monitoring = ephemeral ? undefined : new Construct(this, "monitoring");
    const topic =
      monitoring &&
      new NotificationTopic(monitoring, "topic", { names: this.names, ...environment.notifications });

    const ecs = new Construct(this, "ecs");
    const cluster = new Cluster(ecs, "cluster", {
      names: this.names,
      containerInsights: automock.containerInsights,
      logRetentionDays: automock.logRetentionDays,
    });
    const loadBalancer = this.loadBalancer(ecs, networking, topic);
    const mockserver = new Construct(this, "mockserver");
    const { taskDefinition, ready } = this.taskDefinition(mockserver, configBucket);
    const service = this.service(ecs, {
      networking,
      cluster,
      loadBalancer,
      taskDefinition,
      dependsOn: [...ready, ...networking.privateConnectivity],
    });

    new ControlPlaneRules(mockserver, "control-plane", {
      listenerArn: loadBalancer.listenerArn,
      targetGroupArn: service.targetGroups[0]!.targetGroupArn,
      controlPlaneCidrs: this.controlPlaneCidrs(),
    });

    if (monitoring && topic) {
      const { dashboardName } = new Monitoring(monitoring, "monitoring", {
        names: this.names,
        topic,
        panels: panels(service),
        serviceArn: service.serviceArn,
        log: { groupName: this.names.logGroup(MOCKSERVER_CONTAINER), ready: taskDefinition.logGroups },
      });
      this.output("dashboard_name", dashboardName, "CloudWatch dashboard");
      this.output("topic_arn", topic.topicArn, "Topic of the alarms");
    }

    const url = `${loadBalancer.scheme}://${automock.domain?.name ?? loadBalancer.dnsName}`;
    this.output("mock_url", url, "Where the mocks answer");
    this.output("alb_dns_name", loadBalancer.dnsName, "Name that AWS gave the load balancer");
    this.output("cluster_name", cluster.clusterName, "ECS cluster");
    this.output("service_name", service.serviceName, "ECS service");
    this.output("config_bucket", configBucket.bucketName, "Bucket of the expectations");
    this.output("expectations_key", configBucket.expectationsKey, "Object to upload expectations to");
    this.output(
      "log_groups",
      [...taskDefinition.logGroupNames, cluster.insightsLogGroupName, networking.flowLogGroupName],
      "Log groups of the containers, of Container Insights and of the VPC",
    );
  }

  public override prepareStack(): void {
    super.prepareStack();
    this.ttl?.holdBackTheStack();
  }

  private loadBalancer(ecs: Construct, networking: Networking, topic?: NotificationTopic): LoadBalancer {
    const { deletionProtection } = this.environment;
    const automock = sectionOf(this.environment, "automock");
    if (!automock.domain) {
      Annotations.of(this).addWarning(
        "No domain: the mock API speaks plain HTTP to the allowed networks. Set automock.domain for HTTPS.",
      );
    }
    return entrance(this, {
      names: this.names,
      networking,
      ecs,
      domain: automock.domain,
      allowedCidrs: [...automock.apiAllowedCidrs, ...automock.controlPlaneAllowedCidrs],
      logRetentionDays: automock.logRetentionDays,
      deletionProtection,
      alarmActions: topic && [topic.topicArn],
    });
  }

  private taskDefinition(
    mockserver: Construct,
    configBucket: ConfigBucket,
  ): {
    taskDefinition: TaskDefinition;
    ready: readonly ITerraformDependable[];
  } {
    const { names } = this;
    const { region } = this.environment;
    const automock = sectionOf(this.environment, "automock");
    const { logRetentionDays } = automock;
    const size = taskSize(automock.size);
    const { containers, volumes } = mockServerContainers({
      image: mockServerImage(automock.imageVersion, automock.imageDigest),
      size,
      expectations: { bucketName: configBucket.bucketName, key: configBucket.expectationsKey },
      region,
    });
    const iam = new Construct(this, "iam");
    const executionRole = new ExecutionRole(iam, "execution", {
      names,
      logGroupNames: containers.map((container) => names.logGroup(container.name)),
    });
    const taskRole = new TaskRole(iam, "task", {
      names,
      statements: [
        {
          sid: "ReadExpectations",
          actions: ["s3:GetObject"],
          resources: [configBucket.expectationsArn],
        },
      ],
    });
    const taskDefinition = new TaskDefinition(mockserver, "task-definition", {
      names,
      purpose: PURPOSE,
      size,
      containers,
      volumes,
      executionRoleArn: executionRole.roleArn,
      taskRoleArn: taskRole.roleArn,
      logRetentionDays,
    });
    return { taskDefinition, ready: [...executionRole.ready, ...taskRole.ready, configBucket.ready] };
  }

  private service(ecs: Construct, parts: ServiceParts): FargateService {
    const { names } = this;
    const { networking, cluster, loadBalancer, taskDefinition, dependsOn } = parts;
    const { tasks, capacity, deployment, deploys, scaling } = sectionOf(this.environment, "automock");
    const alarm = new DeploymentAlarm(ecs, "deployment-alarm", { names, loadBalancer });
    const service = new FargateService(ecs, "service", {
      names,
      purpose: PURPOSE,
      cluster,
      loadBalancer,
      vpcId: networking.vpcId,
      subnetIds: networking.privateSubnetIds,
      taskDefinitionArn: taskDefinition.arn,
      containerName: MOCKSERVER_CONTAINER,
      containerPort: MOCKSERVER_PORT,
      healthCheck: { path: READINESS_PATH },
      healthCheckGraceSeconds: START_SECONDS,
      minTasks: tasks.min,
      capacity,
      deployment: { ...deployment, alarmNames: [alarm.alarmName] },
      deploys,
      dependsOn: [...dependsOn, alarm.ready],
    });
    new AutoScaling(ecs, "scaling", {
      names,
      service,
      purpose: PURPOSE,
      maxTasks: tasks.max,
      ...scaling,
      memoryScaleInPercent: MEMORY_SCALE_IN_PERCENT,
    });
    return service;
  }

  /**
   * Networks that reach the control plane. ECS moves traffic between two target groups by one rule only, the
   * one for all paths; a control rule would go on to point at the group that was emptied.
   */
  private controlPlaneCidrs(): readonly string[] {
    const { deployment, controlPlaneAllowedCidrs } = sectionOf(this.environment, "automock");
    if (deployment.strategy === "rolling") return controlPlaneAllowedCidrs;
    Annotations.of(this).addWarning(
      `With deployment strategy "${deployment.strategy}" nobody reaches the control plane through the load balancer, ` +
        "controlPlaneAllowedCidrs included: change expectations by upload. Use rolling to open it.",
    );
    return [];
  }
}

interface ServiceParts {
  readonly networking: Networking;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly taskDefinition: TaskDefinition;
  /** What must exist while tasks run. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Mocks answer slowly and with errors on purpose, so only what the load balancer itself answers is a fault. */
function panels(service: FargateService): readonly Panel[] {
  return [
    ...loadBalancerPanels({
      loadBalancer: service.loadBalancer.arnSuffix,
      targetGroups: service.targetGroups.map(({ arnSuffix }) => arnSuffix),
      runbooks: RUNBOOKS,
      thresholds: { serverErrors: 5 },
      serverErrorsOf: "loadBalancer",
    }),
    ...servicePanels({
      clusterName: service.clusterName,
      serviceName: service.serviceName,
      runbooks: RUNBOOKS,
      // Where the last step of the scaling has added all it can.
      thresholds: { cpuPercent: 90, memoryPercent: 90 },
    }),
  ];
}
