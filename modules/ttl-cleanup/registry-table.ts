import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { OPEN_INDEX, type ReaperNames } from "../../contract/reaper";
import { EXPIRE_AT, OPEN_KEY, REGISTRY_KEY } from "../../contract/registry";

export interface RegistryTableProps {
  readonly reaper: ReaperNames;
}

/**
 * One record per ephemeral environment: the truth about owner, expiry and phase, with its history. Every
 * change streams to the reaper. Terraform refuses to delete it; DynamoDB's own expiry removes only finished
 * records and audit lines.
 *
 * Cost: per request, cents a month.
 */
export class RegistryTable extends Construct {
  /** ARN of the stream of changes (a token). */
  public readonly streamArn: string;

  constructor(scope: Construct, id: string, { reaper }: RegistryTableProps) {
    super(scope, id);
    const { partition, sort } = REGISTRY_KEY;
    const keys = [partition, sort, OPEN_KEY.partition, OPEN_KEY.sort];
    const table = new DynamodbTable(this, "table", {
      name: reaper.registryTableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: partition,
      rangeKey: sort,
      attribute: keys.map((name) => ({ name, type: "S" })),
      globalSecondaryIndex: [
        {
          // Sparse: a finished record has no `open`. Sorted by expiry, the most overdue first.
          name: OPEN_INDEX,
          hashKey: OPEN_KEY.partition,
          rangeKey: OPEN_KEY.sort,
          projectionType: "KEYS_ONLY",
        },
      ],
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: EXPIRE_AT, enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: true,
      lifecycle: { preventDestroy: true },
    });
    this.streamArn = table.streamArn;
  }
}
