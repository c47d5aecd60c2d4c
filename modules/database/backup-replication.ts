import { DbInstanceAutomatedBackupsReplication } from "@cdktf/provider-aws/lib/db-instance-automated-backups-replication";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Database } from "./database";

export interface BackupReplicationProps {
  readonly database: Database;
  /** ARN of a key in the second region that outlives the stack. */
  readonly keyArn: string;
  /** Provider of the region that receives the copies. It must differ from the database's region. */
  readonly provider: AwsProvider;
  /** How long the copies are kept, in days, 1 to 35. */
  readonly retentionDays: number;
}

/**
 * Replicates the automated backups of a database (snapshots and transaction logs) to a second region,
 * encrypted with a key in that region. AWS requires the replication to be created in the destination region.
 * If the first region is lost, only the last few minutes of data are lost with it. The copies stay until their
 * retention ends, even after the replication has been deleted.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
 * Cost: storage in the second region and data transfer between the regions.
 */
export class BackupReplication extends Construct {
  constructor(scope: Construct, id: string, props: BackupReplicationProps) {
    super(scope, id);
    const { database, provider, retentionDays } = props;
    new DbInstanceAutomatedBackupsReplication(this, "replication", {
      sourceDbInstanceArn: database.arn,
      kmsKeyId: props.keyArn,
      retentionPeriod: retentionDays,
      provider,
    });
  }
}
