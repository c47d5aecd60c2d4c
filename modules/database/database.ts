import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { Construct } from "constructs";
import { stableHash, type Names } from "../../contract/names";
import { refuseFaults } from "../shared/faults";
import { SecurityGroup, type Rule } from "../networking/security-group";
import { CustomerKey } from "../shared/customer-key";
import type { PolicyStatement } from "../shared/policy-document";
import { databaseFaults, type DatabaseShape } from "./database-faults";
import { MonitoringRole } from "./monitoring-role";
import { parameters } from "./parameters";

const POSTGRES_PORT = 5432;

/** Logs that PostgreSQL on RDS exports. */
const LOG_EXPORTS = ["postgresql", "upgrade"] as const;

export interface DatabaseProps extends DatabaseShape {
  readonly names: Names;
  readonly vpcId: string;
  /** Isolated subnets in at least two availability zones, also for a single-AZ database. */
  readonly subnetIds: readonly string[];
  /** A standby in a second zone: failover in one to two minutes, at double the price. */
  readonly multiAz: boolean;
  /** Refuses the deletion, takes a last snapshot and keeps the backups when it is deleted all the same. */
  readonly deletionProtection: boolean;
  /**
   * `standard`: 7 days of query statistics, free. `advanced`: 15 months, charged per vCPU.
   * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html
   */
  readonly insights: "standard" | "advanced";
  /** Owner of the first database. */
  readonly masterUsername: string;
  /** Snapshot to restore from; changing it replaces the database. @default an empty database */
  readonly snapshotIdentifier?: string;
}

/**
 * PostgreSQL on RDS: encrypted with a key of its own, TLS only, reachable from nowhere until `allowFrom`,
 * without a way out. RDS makes the master password, keeps it in Secrets Manager and changes it every seven
 * days; it never enters the state.
 *
 * Backups at 03:00 UTC, maintenance on Sunday at 05:00 UTC. Changes that interrupt wait for the maintenance
 * window where `deletionProtection` is set, and are made at once elsewhere.
 *
 * Cost in us-east-1: a db.t3.small $0.036 per hour and $0.115 per GB and month, both twice with Multi-AZ
 * (https://aws.amazon.com/rds/postgresql/pricing/); $1 per month for the key, $0.40 for the secret.
 *
 * @throws Error naming every fault: version, storage, retention, and pools that do not fit the class
 */
export class Database extends Construct {
  /** Literal, known before the apply; the `DBInstanceIdentifier` dimension of its metrics. */
  public readonly identifier: string;
  /** ARN (a token). */
  public readonly arn: string;
  /** Host name (a token). */
  public readonly address: string;
  public readonly port = POSTGRES_PORT;
  public readonly databaseName: string;
  /** Full version that RDS runs (a token). */
  public readonly engineVersion: string;
  /** ARN of the secret with `username` and `password` (a token). */
  public readonly secretArn: string;
  /** ARN of the key of data and secret (a token). */
  public readonly keyArn: string;
  /** Lets a security group's carriers connect; `allowFrom` is the other half. */
  public readonly egressRule: Rule;
  /** Literal names. */
  public readonly logGroupNames: readonly string[];

  private readonly names: Names;
  private readonly securityGroup: SecurityGroup;
  /** Id that IAM authentication is granted on, `db-…` (a token). */
  private readonly resourceId: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    refuseFaults("database", databaseFaults(props));
    const { names, deletionProtection, snapshotIdentifier } = props;
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
      description: `Data, backups and secret of the database ${identifier}`,
    });
    const role = new MonitoringRole(this, "monitoring-role", { names, identifier });
    this.logGroupNames = LOG_EXPORTS.map((log) => `/aws/rds/instance/${identifier}/${log}`);
    const logGroups = LOG_EXPORTS.map(
      (log, i) =>
        // RDS would else create them by itself, kept forever and left behind by a destroy.
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
    // A group in use cannot be deleted: the next major version gets one of its own name first.
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
      kmsKeyId: key.keyArn,
      // A snapshot brings its databases and its master user along.
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
      deleteAutomatedBackups: !deletionProtection,
      skipFinalSnapshot: !deletionProtection,
      // A name made of time or chance would be a change in every plan.
      ...(deletionProtection && {
        finalSnapshotIdentifier: `${identifier}-final-${stableHash(snapshotIdentifier ?? "new")}`,
      }),
      applyImmediately: !deletionProtection,
      monitoringInterval: 60,
      monitoringRoleArn: role.roleArn,
      ...insightsArguments(props.insights, key.keyArn),
      enabledCloudwatchLogsExports: [...LOG_EXPORTS],
      tags: { Name: identifier },
      dependsOn: [...logGroups, ...role.ready],
    });
    this.arn = instance.arn;
    this.address = instance.address;
    this.resourceId = instance.resourceId;
    this.engineVersion = instance.engineVersionActual;
    this.secretArn = instance.masterUserSecret.get(0).secretArn;
    this.keyArn = key.keyArn;
  }

  /** Lets a role sign in as a database user with IAM instead of a password. */
  public signInStatement(username: string): PolicyStatement {
    return {
      sid: "SignInToDatabase",
      actions: ["rds-db:connect"],
      resources: [this.names.arn("rds-db", `dbuser:${this.resourceId}/${username}`)],
    };
  }

  /**
   * Let a role read the master user's name and password. The key is usable through Secrets Manager only.
   *
   * @param sid name of the first statement, once per policy
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
   * Lets the carriers of a security group connect, and them only.
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

/** Advanced mode needs the long retention: 465 days, in days. */
function insightsArguments(insights: DatabaseProps["insights"], keyArn: string) {
  return {
    databaseInsightsMode: insights,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keyArn,
    performanceInsightsRetentionPeriod: insights === "advanced" ? 465 : 7,
  };
}
