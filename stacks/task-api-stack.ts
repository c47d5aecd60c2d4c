import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import { taskSize } from "../contract/fargate";
import { Names } from "../contract/names";
import type { PostgresMajorVersion } from "../contract/postgres";
import { tagsFor, type TagValues } from "../contract/tags";
import type { Environment } from "../environments";
import { sectionOf } from "../environments/systems";
import { BackupReplication } from "../modules/database/backup-replication";
import { Database, POSTGRES_PORT } from "../modules/database/database";
import { AutoScaling } from "../modules/ecs/auto-scaling";
import { Cluster } from "../modules/ecs/cluster";
import { DeploymentAlarm } from "../modules/ecs/deployment-alarm";
import { DEFAULT_EGRESS, FargateService } from "../modules/ecs/fargate-service";
import type { LoadBalancer } from "../modules/ecs/load-balancer";
import { TaskDefinition } from "../modules/ecs/task-definition";
import { decryptSecrets, ExecutionRole } from "../modules/iam/execution-role";
import { TaskRole } from "../modules/iam/task-role";
import { ImageRepository } from "../modules/image-repository/image-repository";
import { Monitoring } from "../modules/monitoring/monitoring";
import { NotificationTopic } from "../modules/monitoring/notification-topic";
import { Networking } from "../modules/networking/networking";
import { BaseStack } from "./base-stack";
import { entrance } from "./entrance";
import { CONTAINER, IAM_USERNAME, PORT, taskApiContainer } from "./task-api-container";
import { taskApiPanels } from "./task-api-panels";

const SYSTEM = "task-api";
const DATABASE_NAME = "taskdb";
const MASTER_USERNAME = "taskadmin";

/**
 * The Task API: a service on Fargate behind a load balancer, with PostgreSQL, an image repository, alarms and
 * a dashboard, in a network of its own. A pipeline brings new images into service; Terraform makes the first
 * task definition and everything around it.
 *
 * Cost: docs/costs.md. The largest parts are the database, NAT gateways, tasks and the load balancer.
 */
export class TaskApiStack extends BaseStack {
  private readonly names: Names;
  private readonly tags: TagValues;

  constructor(
    scope: Construct,
    id: string,
    private readonly environment: Environment,
  ) {
    const { name, accountId, region, owner, costCenter, locking, notifications } = environment;
    const taskApi = sectionOf(environment, "taskApi");
    const tags = { system: SYSTEM, environment: name, owner, costCenter, ephemeral: false };
    super(scope, id, { accountId, region, locking, tags });
    this.tags = tags;
    this.names = new Names({ system: SYSTEM, environment: name, accountId, region });
    const { names } = this;

    const monitoring = new Construct(this, "monitoring");
    const topic = new NotificationTopic(monitoring, "topic", { names, ...notifications });
    const networking = new Networking(this, "networking", {
      names,
      ...taskApi.network,
      flowLogRetentionDays: taskApi.logRetentionDays,
    });
    const repository = new ImageRepository(this, "image-repository", {
      names,
      forceDelete: !environment.deletionProtection,
    });
    const database = this.database(networking);

    const ecs = new Construct(this, "ecs");
    const cluster = new Cluster(ecs, "cluster", {
      names,
      containerInsights: taskApi.containerInsights,
      logRetentionDays: taskApi.logRetentionDays,
    });
    const loadBalancer = this.loadBalancer(ecs, networking, topic);
    const { service, taskDefinition } = this.service(ecs, {
      networking,
      cluster,
      loadBalancer,
      database,
      repository,
    });
    database.allowFrom("service", service.securityGroup);

    const { dashboardName } = new Monitoring(monitoring, "monitoring", {
      names,
      topic,
      panels: taskApiPanels(taskApi, service, database),
      serviceArn: service.serviceArn,
      log: { groupName: names.logGroup(CONTAINER), ready: taskDefinition.logGroups },
    });

    const url = `${loadBalancer.scheme}://${taskApi.domain?.name ?? loadBalancer.dnsName}`;
    this.output("api_url", url, "Where the API answers");
    this.output("cluster_name", cluster.clusterName, "ECS cluster");
    this.output("service_name", service.serviceName, "ECS service");
    this.output(
      "task_family",
      taskDefinition.family,
      "Family whose newest revision a deployment starts from",
    );
    this.output("repository_url", repository.repositoryUrl, "Where the pipeline pushes images");
    this.output("database_address", database.address, "Host of the database, inside of the VPC");
    this.output("database_version", database.engineVersion, "PostgreSQL version that RDS runs");
    this.output("database_secret_arn", database.secretArn, "Secret with the master user's password");
    this.output("dashboard_name", dashboardName, "CloudWatch dashboard");
    this.output("topic_arn", topic.topicArn, "Topic of the alarms");
    this.output(
      "log_groups",
      [
        ...taskDefinition.logGroupNames,
        ...database.logGroupNames,
        cluster.insightsLogGroupName,
        networking.flowLogGroupName,
      ],
      "Log groups of the containers, the database, Container Insights and the VPC",
    );
  }

  private database(networking: Networking): Database {
    const { names, environment, tags } = this;
    const { deletionProtection, accountId } = environment;
    const taskApi = sectionOf(environment, "taskApi");
    const { majorVersion, copyBackupsTo, connectionPool, ...settings } = taskApi.database;
    const scope = new Construct(this, "database");
    const database = new Database(scope, "database", {
      names,
      vpcId: networking.vpcId,
      subnetIds: networking.isolatedSubnetIds,
      majorVersion: majorVersion as PostgresMajorVersion,
      ...settings,
      deletionProtection,
      logRetentionDays: taskApi.logRetentionDays,
      databaseName: DATABASE_NAME,
      masterUsername: MASTER_USERNAME,
      clients: { maxTasks: taskApi.tasks.max, poolSize: connectionPool.maxOpen },
    });
    if (copyBackupsTo !== undefined) {
      const provider = new AwsProvider(this, "aws-backups", {
        alias: "backups",
        region: copyBackupsTo,
        allowedAccountIds: [accountId],
        defaultTags: [{ tags: tagsFor(tags) }],
      });
      new BackupReplication(scope, "backup-replication", {
        names,
        database,
        provider,
        retentionDays: settings.backupRetentionDays,
      });
    }
    return database;
  }

  private loadBalancer(ecs: Construct, networking: Networking, topic: NotificationTopic): LoadBalancer {
    const { deletionProtection } = this.environment;
    const taskApi = sectionOf(this.environment, "taskApi");
    if (!taskApi.domain) {
      Annotations.of(this).addWarning(
        "No domain: the Task API speaks plain HTTP to the allowed networks. Set taskApi.domain for HTTPS.",
      );
    }
    return entrance(this, {
      names: this.names,
      networking,
      ecs,
      domain: taskApi.domain,
      allowedCidrs: taskApi.apiAllowedCidrs,
      logRetentionDays: taskApi.logRetentionDays,
      deletionProtection,
      alarmActions: [topic.topicArn],
    });
  }

  private service(ecs: Construct, parts: ServiceParts) {
    const { names } = this;
    const { networking, cluster, loadBalancer, database } = parts;
    const { image, tasks, scaling, officeHours } = sectionOf(this.environment, "taskApi");
    const { taskDefinition, ready } = this.taskDefinition(ecs, parts);
    const alarm = new DeploymentAlarm(ecs, "deployment-alarm", { names, loadBalancer });
    const service = new FargateService(ecs, "service", {
      names,
      purpose: CONTAINER,
      cluster,
      loadBalancer,
      vpcId: networking.vpcId,
      subnetIds: networking.privateSubnetIds,
      taskDefinitionArn: taskDefinition.arn,
      containerName: CONTAINER,
      containerPort: PORT,
      healthCheck: { path: "/health", intervalSeconds: 30 },
      // Without an image a task could not start, and the first deploy would wait for it in vain.
      minTasks: image === undefined ? 0 : tasks.min,
      capacity: "onDemand",
      deployment: { strategy: "rolling", alarmNames: [alarm.alarmName] },
      deploys: "external",
      egress: {
        ...DEFAULT_EGRESS,
        database: {
          description: "PostgreSQL",
          port: POSTGRES_PORT,
          peer: { securityGroup: database.securityGroup },
        },
      },
      dependsOn: [...ready, ...networking.privateConnectivity, alarm.ready],
    });
    new AutoScaling(ecs, "scaling", {
      names,
      service,
      purpose: CONTAINER,
      maxTasks: tasks.max,
      cpuSteps: [{ atLeast: scaling.cpuPercent, changePercent: scaling.changePercent }],
      memorySteps: [{ atLeast: scaling.memoryPercent, changePercent: scaling.changePercent }],
      requestSteps: "none",
      scaleInPercent: scaling.scaleInPercent,
      officeHours,
    });
    return { service, taskDefinition };
  }

  private taskDefinition(ecs: Construct, { database, repository }: ServiceParts) {
    const { names } = this;
    const taskApi = sectionOf(this.environment, "taskApi");
    const iam = new Construct(this, "iam");
    const executionRole = new ExecutionRole(iam, "execution", {
      names,
      logGroupNames: [names.logGroup(CONTAINER)],
      repositoryArns: [repository.repositoryArn],
      secretArns: [database.secretArn],
      secretKeyArns: [database.keyArn],
    });
    const taskRole = new TaskRole(iam, "task", {
      names,
      statements: [
        {
          sid: "SignInToDatabase",
          actions: ["rds-db:connect"],
          resources: [names.arn("rds-db", `dbuser:${database.resourceId}/${IAM_USERNAME}`)],
        },
        // RDS changes the password every seven days; what was injected at the start is then out of date.
        {
          sid: "ReadDatabaseSecret",
          actions: ["secretsmanager:GetSecretValue"],
          resources: [database.secretArn],
        },
        decryptSecrets(names, [database.keyArn]),
      ],
    });
    const taskDefinition = new TaskDefinition(ecs, "task-definition", {
      names,
      purpose: CONTAINER,
      size: taskSize(taskApi.size),
      containers: [taskApiContainer(taskApi, database, repository)],
      executionRoleArn: executionRole.roleArn,
      taskRoleArn: taskRole.roleArn,
      logRetentionDays: taskApi.logRetentionDays,
    });
    return { taskDefinition, ready: [...executionRole.ready, ...taskRole.ready] };
  }
}

interface ServiceParts {
  readonly networking: Networking;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly database: Database;
  readonly repository: ImageRepository;
}
