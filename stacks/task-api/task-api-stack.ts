import { DataAwsKmsAlias } from "@cdktf/provider-aws/lib/data-aws-kms-alias";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { databaseKeyAlias } from "../../contract/database-key";
import { taskSize } from "../../contract/fargate";
import type { Place } from "../../contract/names";
import { maxConnections, type PostgresMajorVersion } from "../../contract/postgres";
import { tagsFor } from "../../contract/tags";
import type { Environment } from "../../environments/schema";
import { sectionOf, type SectionValues } from "../../environments/schema/systems";
import { BackupReplication } from "../../modules/database/backup-replication";
import { Database } from "../../modules/database/database";
import { ImageRepository } from "../../modules/image-repository/image-repository";
import { databasePanels } from "../../modules/monitoring/database-panels";
import type { Networking } from "../../modules/networking/networking";
import { WebService } from "../../modules/web-service/web-service";
import { SystemStack } from "../system-stack";
import { CONTAINER, IAM_USERNAME, taskApiContainer } from "./container";

const DATABASE_NAME = "taskdb";
const MASTER_USERNAME = "taskadmin";

/** p95 of one second, 50 client errors in 5 minutes, 5 server errors in one minute. */
const THRESHOLDS = { latencySeconds: 1, clientErrors: 50, serverErrors: 5 };

/**
 * The Task API: a service on Fargate behind a load balancer, with PostgreSQL, an image repository, alarms, a dashboard
 * and its own network. A pipeline deploys new images; Terraform creates the first task definition and everything else.
 *
 * Cost: docs/costs.md. The largest parts are the database, NAT gateways, tasks and the load balancer.
 */
export class TaskApiStack extends SystemStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, "task-api", environment);
    const { names } = this;
    const taskApi = sectionOf(environment, "taskApi");
    const { image, tasks, scaling } = taskApi;

    const common = this.commonProps("taskApi");
    const topic = this.notificationTopic();
    const repository = new ImageRepository(this, "image-repository", {
      names,
      forceDelete: !environment.deletionProtection,
    });
    const database = this.database(taskApi, common.networking);
    const service = new WebService(this, "web", {
      ...common,
      allowedCidrs: taskApi.apiAllowedCidrs,
      container: CONTAINER,
      task: {
        size: taskSize(taskApi.size),
        containers: [taskApiContainer(taskApi, database, repository)],
        startStatements: [...repository.pullStatements, ...database.readSecretStatements("ReadSecrets")],
        statements: [
          database.signInStatement(IAM_USERNAME),
          // RDS rotates the password every seven days, so the one injected at the start becomes outdated.
          ...database.readSecretStatements("ReadDatabaseSecret"),
        ],
      },
      healthCheck: { path: "/health", intervalSeconds: 30 },
      // Without an image no task could start, and the first deployment would wait for it until it timed out.
      tasks: { min: image === undefined ? 0 : tasks.min, max: tasks.max },
      capacity: "onDemand",
      deployment: { strategy: "rolling" },
      deploys: "external",
      egress: { database: database.egressRule },
      scaling: {
        cpuSteps: [{ atLeast: scaling.cpuPercent, changePercent: scaling.changePercent }],
        memorySteps: [{ atLeast: scaling.memoryPercent, changePercent: scaling.changePercent }],
        requestSteps: "none",
        scaleInPercent: scaling.scaleInPercent,
      },
      officeHours: taskApi.officeHours,
      monitoring: {
        topic,
        thresholds: { ...THRESHOLDS, cpuPercent: scaling.cpuPercent, memoryPercent: scaling.memoryPercent },
        serverErrorsOf: "targetsAndLoadBalancer",
        panels: () =>
          databasePanels({
            identifier: database.metricsIdentifier,
            maxConnections: maxConnections(taskApi.database.instanceClass),
          }),
      },
    });
    database.allowFrom("service", service.service.securityGroup);

    this.output("api_url", service.entrance.url, "Where the API answers");
    this.output(
      "task_family",
      service.taskDefinition.family,
      "Family whose newest revision a deployment starts from",
    );
    this.output("repository_url", repository.repositoryUrl, "Where the pipeline pushes images");
    this.output("database_address", database.address, "Host of the database, inside of the VPC");
    this.output("database_version", database.engineVersion, "PostgreSQL version that RDS runs");
    this.output("database_secret_arn", database.secretArn, "Secret with the master user's password");
    this.serviceOutputs(service, common.networking, { topic, furtherLogGroups: database.logGroupNames });
  }

  private database(taskApi: SectionValues<"taskApi">, networking: Networking): Database {
    const { names } = this;
    const { majorVersion, copyBackupsTo, connectionPool, ...settings } = taskApi.database;
    const scope = new Construct(this, "database");
    const database = new Database(scope, "database", {
      names,
      vpcId: networking.vpcId,
      subnetIds: networking.isolatedSubnetIds,
      majorVersion: majorVersion as PostgresMajorVersion,
      storageKeyArn: storageKey(scope, "storage-key", this.environment),
      ...settings,
      deletionProtection: this.environment.deletionProtection,
      logRetentionDays: taskApi.logRetentionDays,
      databaseName: DATABASE_NAME,
      masterUsername: MASTER_USERNAME,
      clients: { maxTasks: taskApi.tasks.max, poolSize: connectionPool.maxOpen },
    });
    if (copyBackupsTo !== undefined) {
      const provider = new AwsProvider(this, "aws-backups", {
        alias: "backups",
        region: copyBackupsTo,
        allowedAccountIds: [this.environment.accountId],
        defaultTags: [{ tags: tagsFor(this.tags) }],
      });
      new BackupReplication(scope, "backup-replication", {
        database,
        keyArn: storageKey(scope, "backup-key", this.environment, provider),
        provider,
        retentionDays: settings.backupRetentionDays,
      });
    }
    return database;
  }
}

/** Looks up the key that the bootstrap stack has for the databases, and returns its ARN (a token). */
function storageKey(scope: Construct, id: string, place: Place, provider?: AwsProvider): string {
  return new DataAwsKmsAlias(scope, id, { name: databaseKeyAlias(place), provider }).targetKeyArn;
}
