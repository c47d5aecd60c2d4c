import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { BackupReplication } from "../../../modules/database/backup-replication";
import { Database } from "../../../modules/database/database";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

it("the provider of the second region creates the replication , encrypted with a key of that region", () => {
  const template = Template.of((stack) => {
    const database = new Database(stack, "database", {
      names: testNames,
      vpcId: "vpc-1",
      subnetIds: ["subnet-1", "subnet-2"],
      majorVersion: "15",
      instanceClass: "db.t3.small",
      allocatedStorageGiB: 20,
      maxAllocatedStorageGiB: 50,
      multiAz: false,
      backupRetentionDays: 7,
      deletionProtection: false,
      finalSnapshot: false,
      retainAutomatedBackups: false,
      storageKeyArn: "arn:aws:kms:us-east-1:111122223333:key/storage",
      insights: "standard",
      logRetentionDays: 7,
      databaseName: "db",
      masterUsername: "admin",
      clients: { maxTasks: 1, poolSize: 1 },
    });
    const provider = new AwsProvider(stack, "aws-backups", { alias: "backups", region: "us-west-2" });
    new BackupReplication(stack, "copies", {
      database,
      keyArn: "arn:aws:kms:us-west-2:111122223333:key/copies",
      provider,
      retentionDays: 30,
    });
  });
  const elsewhere = Object.entries(template.json.resource ?? {}).flatMap(([type, byId]) =>
    Object.values(byId).flatMap((resource) => (resource.provider === "aws.backups" ? [type] : [])),
  );
  expect(elsewhere).toEqual(["aws_db_instance_automated_backups_replication"]);
  const instance = Object.keys(template.byId("aws_db_instance"))[0];
  expect(argumentsOf(template.sole("aws_db_instance_automated_backups_replication"))).toEqual({
    source_db_instance_arn: `\${aws_db_instance.${instance}.arn}`,
    kms_key_id: "arn:aws:kms:us-west-2:111122223333:key/copies",
    retention_period: 30,
    provider: "aws.backups",
  });
});
