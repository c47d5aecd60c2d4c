import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { lockTableName, partitionOf, stateBucketName } from "../../contract/names";
import { SecureBucket } from "../shared/secure-bucket";

export interface StateBackendProps {
  /** Account whose stacks store their state here, 12 digits. */
  readonly accountId: string;
  /** Region whose stacks store their state here. */
  readonly region: string;
}

/**
 * Backend for Terraform state, once per account and region: a bucket that keeps noncurrent versions for 90
 * days (the newest ten forever), and a DynamoDB lock table. Terraform refuses to destroy them; to do so, first
 * remove `prevent_destroy` and the table's deletion protection.
 *
 * Cost: storage and requests; the table is billed per request.
 */
export class StateBackend extends Construct {
  /** Literal, because backend blocks allow no references. */
  public readonly bucketName: string;
  /** Literal, known before the apply. */
  public readonly lockTableName: string;

  constructor(scope: Construct, id: string, props: StateBackendProps) {
    super(scope, id);
    const { accountId, region } = props;
    this.bucketName = stateBucketName(accountId, region);
    this.lockTableName = lockTableName(accountId, region);

    new SecureBucket(this, "bucket", {
      bucketName: this.bucketName,
      bucketArn: `arn:${partitionOf(region)}:s3:::${this.bucketName}`,
      forceDestroy: false,
      preventDestroy: true,
      noncurrentDays: 90,
      keepNoncurrentVersions: 10,
    });
    new DynamodbTable(this, "lock-table", {
      name: this.lockTableName,
      billingMode: "PAY_PER_REQUEST",
      // Terraform requires this name: https://developer.hashicorp.com/terraform/language/backend/s3#dynamodb-state-locking
      hashKey: "LockID",
      attribute: [{ name: "LockID", type: "S" }],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: true,
      lifecycle: { preventDestroy: true },
    });
  }
}
