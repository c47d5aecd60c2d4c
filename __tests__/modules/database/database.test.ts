import { SecurityGroup } from "../../../modules/networking/security-group";
import { Database, type DatabaseProps } from "../../../modules/database/database";
import { TaskRole } from "../../../modules/iam/task-role";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const props: DatabaseProps = {
  names: testNames,
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
  majorVersion: "15",
  instanceClass: "db.t3.small",
  allocatedStorageGiB: 100,
  maxAllocatedStorageGiB: 500,
  multiAz: true,
  backupRetentionDays: 30,
  deletionProtection: true,
  finalSnapshot: true,
  retainAutomatedBackups: true,
  storageKeyArn: "arn:aws:kms:us-east-1:111122223333:key/storage",
  insights: "standard",
  logRetentionDays: 30,
  databaseName: "taskdb",
  masterUsername: "taskadmin",
  clients: { maxTasks: 10, poolSize: 8 },
};

function synthesized(changed: Partial<DatabaseProps> = {}) {
  let database: Database | undefined;
  const template = Template.of((stack) => {
    database = new Database(stack, "database", { ...props, ...changed });
  });
  return { template, database: database! };
}

describe("database", () => {
  const { template, database } = synthesized();
  const keyAddress = `aws_kms_key.${Object.keys(template.byId("aws_kms_key"))[0]}`;
  const only = (type: string) => `${type}.${Object.keys(template.byId(type))[0]}`;

  it("creates these resources and no others", () =>
    expect(template.counts()).toEqual({
      aws_cloudwatch_log_group: 2,
      aws_db_instance: 1,
      aws_db_parameter_group: 1,
      aws_db_subnet_group: 1,
      aws_iam_role: 1,
      aws_iam_role_policies_exclusive: 1,
      aws_iam_role_policy_attachment: 1,
      aws_iam_role_policy_attachments_exclusive: 1,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_security_group: 1,
      terraform_data: 1,
    }));

  it("the instance has every documented property", () =>
    expect(argumentsOf(template.sole("aws_db_instance"))).toEqual({
      identifier: "automock-test",
      engine: "postgres",
      engine_version: "15",
      auto_minor_version_upgrade: true,
      allow_major_version_upgrade: false,
      instance_class: "db.t3.small",
      allocated_storage: 100,
      max_allocated_storage: 500,
      storage_type: "gp3",
      storage_encrypted: true,
      kms_key_id: props.storageKeyArn,
      db_name: "taskdb",
      username: "taskadmin",
      manage_master_user_password: true,
      master_user_secret_kms_key_id: `\${${keyAddress}.key_id}`,
      iam_database_authentication_enabled: true,
      ca_cert_identifier: "rds-ca-rsa2048-g1",
      port: 5432,
      publicly_accessible: false,
      network_type: "IPV4",
      db_subnet_group_name: `\${${only("aws_db_subnet_group")}.name}`,
      vpc_security_group_ids: [`\${${only("aws_security_group")}.id}`],
      parameter_group_name: `\${${only("aws_db_parameter_group")}.name}`,
      multi_az: true,
      backup_retention_period: 30,
      backup_window: "03:00-04:00",
      maintenance_window: "sun:05:00-sun:06:00",
      copy_tags_to_snapshot: true,
      deletion_protection: true,
      delete_automated_backups: false,
      skip_final_snapshot: false,
      final_snapshot_identifier: `automock-test-final-\${${only("terraform_data")}.id}`,
      apply_immediately: false,
      monitoring_interval: 60,
      monitoring_role_arn: `\${${only("aws_iam_role")}.arn}`,
      database_insights_mode: "standard",
      performance_insights_enabled: true,
      performance_insights_kms_key_id: `\${${keyAddress}.arn}`,
      performance_insights_retention_period: 7,
      enabled_cloudwatch_logs_exports: ["postgresql", "upgrade"],
      tags: { Name: "automock-test" },
      depends_on: [
        ...Object.keys(template.byId("aws_cloudwatch_log_group")).map(
          (id) => `aws_cloudwatch_log_group.${id}`,
        ),
        only("aws_iam_role_policy_attachment"),
        only("aws_iam_role_policies_exclusive"),
        only("aws_iam_role_policy_attachments_exclusive"),
      ],
    }));

  it("no argument contains a password", () =>
    expect(JSON.stringify(template.json.resource)).not.toMatch(/"(master_)?password(_wo)?"/));

  it("secret and query statistics have their own key, with access controlled by IAM in this account", () => {
    const { policy } = template.sole("aws_kms_key");
    expect(JSON.parse(policy as string).Statement).toHaveLength(1);
    expect(template.sole("aws_kms_alias").name).toBe("alias/automock-test-database");
  });

  it("rejects connections without TLS, and logs connections, schema changes and slow statements", () =>
    expect(argumentsOf(template.sole("aws_db_parameter_group"))).toEqual({
      name: "automock-test-pg15",
      family: "postgres15",
      description: "Parameters of automock-test",
      parameter: [
        { name: "rds.force_ssl", value: "1", apply_method: "immediate" },
        { name: "log_connections", value: "1", apply_method: "immediate" },
        { name: "log_disconnections", value: "1", apply_method: "immediate" },
        { name: "log_statement", value: "ddl", apply_method: "immediate" },
        { name: "log_min_duration_statement", value: "1000", apply_method: "immediate" },
      ],
      tags: { Name: "automock-test-pg15" },
      lifecycle: { create_before_destroy: true },
    }));

  it("the next major version gets a parameter group with a different name", () =>
    expect(synthesized({ majorVersion: "16" }).template.sole("aws_db_parameter_group")).toMatchObject({
      name: "automock-test-pg16",
      family: "postgres16",
    }));

  it("uses the given subnets and log retention", () => {
    expect(template.sole("aws_db_subnet_group").subnet_ids).toEqual(["subnet-1", "subnet-2"]);
    expect(
      template
        .all("aws_cloudwatch_log_group")
        .map(({ name, retention_in_days }) => [name, retention_in_days]),
    ).toEqual([
      ["/aws/rds/instance/automock-test/postgresql", 30],
      ["/aws/rds/instance/automock-test/upgrade", 30],
    ]);
    expect(database.logGroupNames).toEqual([
      "/aws/rds/instance/automock-test/postgresql",
      "/aws/rds/instance/automock-test/upgrade",
    ]);
  });

  it("RDS writes monitoring data with a role for this database only", () => {
    const role = template.sole("aws_iam_role");
    expect(role.name).toBe("automock-test-database-monitoring");
    expect(JSON.parse(role.assume_role_policy as string).Statement[0]).toMatchObject({
      Principal: { Service: ["monitoring.rds.amazonaws.com"] },
      Condition: {
        ArnLike: { "aws:SourceArn": ["arn:aws:rds:us-east-1:111122223333:db:automock-test"] },
        StringEquals: { "aws:SourceAccount": ["111122223333"] },
      },
    });
    expect(template.sole("aws_iam_role_policy_attachment").policy_arn).toBe(
      "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    );
  });

  it("protection, final snapshot and backups are independent; without protection, changes apply immediately", () => {
    const layers = (changed: Partial<DatabaseProps>) => {
      const instance = synthesized(changed).template.sole("aws_db_instance");
      return [
        instance.deletion_protection,
        !instance.skip_final_snapshot && "final_snapshot_identifier" in instance,
        !instance.delete_automated_backups,
        !instance.apply_immediately,
      ];
    };
    expect(layers({})).toEqual([true, true, true, true]);
    expect(layers({ deletionProtection: false })).toEqual([false, true, true, false]);
    expect(layers({ finalSnapshot: false })).toEqual([true, false, true, true]);
    expect(layers({ retainAutomatedBackups: false })).toEqual([true, true, false, true]);
    expect(synthesized({ finalSnapshot: false }).template.sole("aws_db_instance")).not.toHaveProperty(
      "final_snapshot_identifier",
    );
  });

  it("the final snapshot has another name in each life of the database", () => {
    const triggers = (changed: Partial<DatabaseProps>) =>
      argumentsOf(synthesized(changed).template.sole("terraform_data"));
    expect(triggers({})).toEqual({ triggers_replace: [props.storageKeyArn, ""] });
    expect(triggers({ snapshotIdentifier: "s" })).toEqual({ triggers_replace: [props.storageKeyArn, "s"] });
  });

  it("a restore uses name and user from the snapshot", () => {
    const instance = synthesized({ snapshotIdentifier: "rds:automock-test-2026-01-01" }).template.sole(
      "aws_db_instance",
    );
    expect(instance).toMatchObject({
      snapshot_identifier: "rds:automock-test-2026-01-01",
      manage_master_user_password: true,
    });
    expect(instance).not.toHaveProperty("db_name");
    expect(instance).not.toHaveProperty("username");
  });

  it("advanced insights have a retention of 465 days", () =>
    expect(synthesized({ insights: "advanced" }).template.sole("aws_db_instance")).toMatchObject({
      database_insights_mode: "advanced",
      performance_insights_enabled: true,
      performance_insights_retention_period: 465,
    }));

  it("allows one security group on its port, and no egress", () => {
    const opened = Template.of((stack) => {
      const made = new Database(stack, "database", props);
      const client = new SecurityGroup(stack, "client", {
        names: testNames,
        purpose: "client",
        vpcId: "vpc-1",
        description: "Client",
      });
      made.allowFrom("service", client);
    });
    expect(opened.all("aws_vpc_security_group_egress_rule")).toEqual([]);
    expect(opened.sole("aws_vpc_security_group_ingress_rule")).toMatchObject({
      from_port: 5432,
      to_port: 5432,
      ip_protocol: "tcp",
      description: "PostgreSQL from the service",
      referenced_security_group_id: expect.stringMatching(/^\$\{aws_security_group\.client_/) as string,
    });
  });

  it("reports all faults at once", () =>
    expect(() =>
      synthesized({
        majorVersion: "15.3" as "15",
        allocatedStorageGiB: 10,
        maxAllocatedStorageGiB: 10,
        backupRetentionDays: 0,
        logRetentionDays: 0,
        databaseName: "task-db",
        clients: { maxTasks: 10, poolSize: 25 },
      }),
    ).toThrow(
      [
        'database: PostgreSQL "15.3" pins a minor version, which RDS later retires and can then no longer create or restore; use a major version, one of 15, 16, 17, and RDS installs minor versions in the maintenance window',
        "database: allocatedStorageGiB is 10; write a whole number from 20 to 59578",
        "database: maxAllocatedStorageGiB is 10; write a whole number from 11 to 65536",
        "database: backupRetentionDays is 0; write a whole number from 1 to 35",
        "database: logRetentionDays is 0; write a whole number from 1 to 3653",
        'database: databaseName is "task-db"; write a letter, then letters, digits and underscores',
        "database: 10 tasks with 25 connections each need 500 during a deployment, which runs every task twice; db.t3.small allows about 192, of which 10 are reserved. Lower the pool to 9, or take fewer tasks or a larger class",
      ].join("\n"),
    ));

  it("rejects unknown classes, and more tasks than the class can serve", () => {
    expect(() => synthesized({ instanceClass: "db.t2.nano" as "db.t3.micro" })).toThrow(
      'database: instanceClass is "db.t2.nano"; known are db.t3.micro, db.t3.small,',
    );
    expect(() =>
      synthesized({ instanceClass: "db.t3.micro", clients: { maxTasks: 100, poolSize: 1 } }),
    ).toThrow("Take fewer tasks or a larger class");
  });
});

describe("grants", () => {
  const template = Template.of((stack) => {
    const database = new Database(stack, "database", props);
    new TaskRole(stack, "role", {
      names: testNames,
      statements: [database.signInStatement("app"), ...database.readSecretStatements("Read")],
    });
  });
  const instance = Object.keys(template.byId("aws_db_instance"))[0];
  const key = Object.keys(template.byId("aws_kms_key"))[0];

  it("allow signing in as one user, reading one secret, and using its key through Secrets Manager only", () => {
    const { policy } = template.sole("aws_iam_role_policy");
    expect((JSON.parse(policy as string) as { Statement: unknown }).Statement).toEqual([
      {
        Sid: "SignInToDatabase",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: [
          `arn:aws:rds-db:us-east-1:111122223333:dbuser:\${aws_db_instance.${instance}.resource_id}/app`,
        ],
      },
      {
        Sid: "Read",
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: [`\${aws_db_instance.${instance}.master_user_secret[0].secret_arn}`],
      },
      {
        Sid: "DecryptSecrets",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [`\${aws_kms_key.${key}.arn}`],
        Condition: { StringEquals: { "kms:ViaService": ["secretsmanager.us-east-1.amazonaws.com"] } },
      },
    ]);
  });
});
