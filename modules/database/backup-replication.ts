import { DbInstanceAutomatedBackupsReplication } from "@cdktf/provider-aws/lib/db-instance-automated-backups-replication";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { CustomerKey } from "../shared/customer-key";
import type { Database } from "./database";

export interface BackupReplicationProps {
  readonly names: Names;
  readonly database: Database;
  /** Provider of the region that receives the copies; another one than the database's. */
  readonly provider: AwsProvider;
  /** Days for which the copies are kept, 1 to 35. */
  readonly retentionDays: number;
}

/**
 * Copies the automated backups of a database, snapshots and transaction logs, to a second region, encrypted
 * with a key there. Made in that region, as AWS wants it. What is lost with the first region is what had not
 * been copied yet: minutes, not the hour of a schedule.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 * Cost: storage in the second region, the transfer between regions, $1 per month for the key.
 */
export class BackupReplication extends Construct {
  constructor(scope: Construct, id: string, props: BackupReplicationProps) {
    super(scope, id);
    const { names, database, provider, retentionDays } = props;
    const key = new CustomerKey(this, "key", {
      names,
      purpose: "database-backups",
      description: `Copies of the backups of ${database.identifier}`,
      provider,
    });
    new DbInstanceAutomatedBackupsReplication(this, "replication", {
      sourceDbInstanceArn: database.arn,
      kmsKeyId: key.keyArn,
      retentionPeriod: retentionDays,
      provider,
    });
  }
}
