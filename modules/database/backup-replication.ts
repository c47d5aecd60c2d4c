import { DbInstanceAutomatedBackupsReplication } from "@cdktf/provider-aws/lib/db-instance-automated-backups-replication";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { CustomerKey } from "../shared/customer-key";
import type { Database } from "./database";

export interface BackupReplicationProps {
  readonly names: Names;
  readonly database: Database;
  /** Provider of the region that receives the copies. It must differ from the database's region. */
  readonly provider: AwsProvider;
  /** How long the copies are kept, in days, 1 to 35. */
  readonly retentionDays: number;
}

/**
 * Replicates the automated backups of a database (snapshots and transaction logs) to a second region,
 * encrypted with a key in that region. AWS requires the replication to be created in the destination region.
 * If the first region is lost, only the last few minutes of data are lost with it.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 * Cost: storage in the second region, data transfer between the regions, and $1 per month for the key.
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
