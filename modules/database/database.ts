import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { refuseFaults } from "../shared/faults";
import { SecurityGroup, type Rule } from "../networking/security-group";
import { CustomerKey } from "../shared/customer-key";
import type { PolicyStatement } from "../shared/policy-document";
import { databaseFaults, type DatabaseShape } from "./database-faults";
import { MonitoringRole } from "./monitoring-role";
import { parameters } from "./parameters";

const POSTGRES_PORT = 5432;

const LOG_EXPORTS = ["postgresql", "upgrade"] as const;

export interface DatabaseProps extends DatabaseShape {
  readonly names: Names;
  readonly vpcId: string;
  /** Isolated subnets in at least two availability zones, even for a single-AZ database. */
  readonly subnetIds: readonly string[];
  /** Adds a standby in a second zone. Failover takes one to two minutes; the price doubles. */
  readonly multiAz: boolean;
  /**
   * Makes AWS refuse to delete the database. What deletion leaves is the next two properties' choice.
   * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
   */
  readonly deletionProtection: boolean;
  /** Takes a snapshot when the database is deleted. It stays, and is charged, until someone deletes it. */
  readonly finalSnapshot: boolean;
  /** Keeps the automated backups of a deleted database until their retention ends. */
  readonly retainAutomatedBackups: boolean;
  /**
   * ARN of the key of the data. It must outlive the stack, because snapshots and backups need it.
   * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
   */
  readonly storageKeyArn: string;
  /**
   * `standard`: 7 days of query statistics, free. `advanced`: 15 months, charged per vCPU.
   * Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Considerations.html,
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html
   */
  readonly insights: "standard" | "advanced";
  /** Name of the master user. */
  readonly masterUsername: string;
  /** Snapshot to restore from; changing it replaces the database. @default an empty database */
  readonly snapshotIdentifier?: string;
}

/**
 * PostgreSQL on RDS, encrypted, with TLS only. Its security group allows no traffic until
 * `allowFrom` is called. RDS generates the master password, stores it in Secrets Manager and rotates it every
 * seven days; it never enters the state.
 *
 * Backups run at 03:00 UTC, maintenance on Sunday at 05:00 UTC. Changes that cause downtime wait for the
 * maintenance window if `deletionProtection` is set; otherwise they are applied immediately.
 *
 * Cost in us-east-1: $0.036 per hour for a db.t3.small and $0.115 per GB-month, both doubled with Multi-AZ
 * (https://aws.amazon.com/rds/postgresql/pricing/); $1 per month for the key of the secret, $0.40 for the secret.
 *
 * @throws Error naming every fault: version, storage, retention, and pools that do not fit the class
 */
export class Database extends Construct {
  /** Literal, known before the apply. */
  public readonly identifier: string;
  /** The identifier as a token, the `DBInstanceIdentifier` dimension: what uses it waits for the database. */
  public readonly metricsIdentifier: string;
  /** ARN (a token). */
  public readonly arn: string;
  /** Host name (a token). */
  public readonly address: string;
  public readonly port = POSTGRES_PORT;
  public readonly databaseName: string;
  /** Full engine version, including the minor (a token). */
  public readonly engineVersion: string;
  /** ARN of the secret with `username` and `password` (a token). */
  public readonly secretArn: string;
  /** ARN of the key that encrypts the secret and the query statistics (a token). */
  public readonly keyArn: string;
  /** Egress rule for a client's security group; `allowFrom` adds the matching ingress rule. */
  public readonly egressRule: Rule;
  /** Literal names. */
  public readonly logGroupNames: readonly string[];

  private readonly names: Names;
  private readonly securityGroup: SecurityGroup;
  /** Resource id that IAM authentication uses in ARNs, `db-…` (a token). */
  private readonly resourceId: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    refuseFaults("database", databaseFaults(props));
    const { names, deletionProtection, finalSnapshot, snapshotIdentifier } = props;
    const identifier = names.name("dbInstance");
    this.names = names;
    this.identifier = identifier;
    this.databaseName = props.databaseName;

    this.securityGroup = new SecurityGroup(this, "security-group", {
      names,
      purpose: "database",
      vpcId: props.vpcId,
      description: "Database",
    });
    this.egressRule = {
      description: "PostgreSQL",
      port: POSTGRES_PORT,
      peer: { securityGroup: this.securityGroup },
    };
    const key = new CustomerKey(this, "key", {
      names,
      purpose: "database",
      description: `Secret and query statistics of the database ${identifier}`,
    });
    const role = new MonitoringRole(this, "monitoring-role", { names, identifier });
    this.logGroupNames = LOG_EXPORTS.map((log) => `/aws/rds/instance/${identifier}/${log}`);
    const logGroups = LOG_EXPORTS.map(
      (log, i) =>
        // Otherwise RDS creates them with unlimited retention, and a destroy leaves them behind.
        new CloudwatchLogGroup(this, `${log}-log`, {
          name: this.logGroupNames[i]!,
          retentionInDays: props.logRetentionDays,
          tags: { Name: this.logGroupNames[i]! },
        }),
    );
    const subnetGroupName = names.name("dbSubnetGroup");
    const subnetGroup = new DbSubnetGroup(this, "subnet-group", {
      name: subnetGroupName,
      description: `Isolated subnets of ${identifier}`,
      subnetIds: [...props.subnetIds],
      tags: { Name: subnetGroupName },
    });
    // A group in use cannot be deleted, so the group of the next major version needs a different name.
    const parameterGroupName = names.name("dbParameterGroup", `pg${props.majorVersion}`);
    const parameterGroup = new DbParameterGroup(this, "parameter-group", {
      name: parameterGroupName,
      family: `postgres${props.majorVersion}`,
      description: `Parameters of ${identifier}`,
      parameter: parameters(),
      tags: { Name: parameterGroupName },
      lifecycle: { createBeforeDestroy: true },
    });
    const instance = new DbInstance(this, "instance", {
      identifier,
      engine: "postgres",
      engineVersion: props.majorVersion,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      instanceClass: props.instanceClass,
      allocatedStorage: props.allocatedStorageGiB,
      maxAllocatedStorage: props.maxAllocatedStorageGiB,
      storageType: "gp3",
      storageEncrypted: true,
      kmsKeyId: props.storageKeyArn,
      // A snapshot already contains its databases and its master user.
      ...(snapshotIdentifier === undefined
        ? { dbName: props.databaseName, username: props.masterUsername }
        : { snapshotIdentifier }),
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: key.keyId,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      port: POSTGRES_PORT,
      publiclyAccessible: false,
      networkType: "IPV4",
      dbSubnetGroupName: subnetGroup.name,
      vpcSecurityGroupIds: [this.securityGroup.securityGroupId],
      parameterGroupName: parameterGroup.name,
      multiAz: props.multiAz,
      backupRetentionPeriod: props.backupRetentionDays,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:05:00-sun:06:00",
      copyTagsToSnapshot: true,
      deletionProtection,
      deleteAutomatedBackups: !props.retainAutomatedBackups,
      skipFinalSnapshot: !finalSnapshot,
      ...(finalSnapshot && {
        finalSnapshotIdentifier: `${identifier}-final-${this.lifeId([props.storageKeyArn, snapshotIdentifier ?? ""])}`,
      }),
      applyImmediately: !deletionProtection,
      monitoringInterval: 60,
      monitoringRoleArn: role.roleArn,
      ...insightsArguments(props.insights, key.keyArn),
      enabledCloudwatchLogsExports: [...LOG_EXPORTS],
      tags: { Name: identifier },
      dependsOn: [...logGroups, ...role.ready],
    });
    this.metricsIdentifier = instance.identifier;
    this.arn = instance.arn;
    this.address = instance.address;
    this.resourceId = instance.resourceId;
    this.engineVersion = instance.engineVersionActual;
    this.secretArn = instance.masterUserSecret.get(0).secretArn;
    this.keyArn = key.keyArn;
  }

  /**
   * An id that is new with each life of the database. RDS refuses the deletion of a database whose final snapshot has
   * the name of an older one.
   *
   * @param replacing arguments of the database that replace it
   */
  private lifeId(replacing: readonly string[]): string {
    // Not cdktf's `DataResource`, which runs terraform at every synth.
    const life = new TerraformResource(this, "life", {
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
    });
    life.addOverride("triggers_replace", replacing);
    return life.getStringAttribute("id");
  }

  /** Lets a role sign in as a database user through IAM instead of with a password. */
  public signInStatement(username: string): PolicyStatement {
    return {
      sid: "SignInToDatabase",
      actions: ["rds-db:connect"],
      resources: [this.names.arn("rds-db", `dbuser:${this.resourceId}/${username}`)],
    };
  }

  /**
   * Lets a role read the master user's name and password. The key can be used through Secrets Manager only.
   *
   * @param sid Sid of the first statement, unique in the policy
   */
  public readSecretStatements(sid: string): readonly PolicyStatement[] {
    return [
      { sid, actions: ["secretsmanager:GetSecretValue"], resources: [this.secretArn] },
      {
        sid: "DecryptSecrets",
        actions: ["kms:Decrypt"],
        resources: [this.keyArn],
        conditions: {
          StringEquals: { "kms:ViaService": [`secretsmanager.${this.names.region}.amazonaws.com`] },
        },
      },
    ];
  }

  /**
   * Lets members of a security group connect.
   *
   * @param id stable key of the client, for example `service`
   */
  public allowFrom(id: string, client: SecurityGroup): void {
    this.securityGroup.allowFrom(id, {
      description: `PostgreSQL from the ${id}`,
      port: POSTGRES_PORT,
      peer: { securityGroup: client },
    });
  }
}

/** `advanced` requires a retention of 465 days. */
function insightsArguments(insights: DatabaseProps["insights"], keyArn: string) {
  return {
    databaseInsightsMode: insights,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keyArn,
    performanceInsightsRetentionPeriod: insights === "advanced" ? 465 : 7,
  };
}
