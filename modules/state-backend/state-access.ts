import { lockTableName, partitionOf, stateBucketName } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";

/** The state that a policy grants access to. */
export interface StateAccess {
  /** Account of the state backend, 12 digits. */
  readonly accountId: string;
  /** Region of the state backend. */
  readonly region: string;
  /** Key of the stack's state, see `stateKey`. */
  readonly key: string;
}

/**
 * Least-privilege policy (JSON) for planning one stack: read its state, and lock it in S3 and DynamoDB. It
 * cannot write the state or its digest.
 *
 * Permissions: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function planStatePolicy(access: StateAccess): string {
  return policyDocument(statements(access, "plan"));
}

/** Least-privilege policy (JSON) for applying one stack: like {@link planStatePolicy}, plus writing state and digest. */
export function applyStatePolicy(access: StateAccess): string {
  return policyDocument(statements(access, "apply"));
}

function statements(access: StateAccess, role: "plan" | "apply"): readonly PolicyStatement[] {
  const { accountId, region, key } = access;
  const partition = partitionOf(region);
  const bucket = stateBucketName(accountId, region);
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const tableArn = `arn:${partition}:dynamodb:${region}:${accountId}:table/${lockTableName(accountId, region)}`;
  const lockItem = `${bucket}/${key}`;
  const digestItem = `${lockItem}-md5`;
  const writes = role === "apply";
  return [
    {
      // Without it, S3 returns 403 instead of 404 for a missing state, and the first plan of a stack fails.
      sid: "ListState",
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions: { StringEquals: { "s3:prefix": [key, `${key}.tflock`] } },
    },
    {
      sid: writes ? "WriteState" : "ReadState",
      actions: writes ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"],
      resources: [`${bucketArn}/${key}`],
    },
    {
      sid: "LockInS3",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: [`${bucketArn}/${key}.tflock`],
    },
    { sid: "DescribeLockTable", actions: ["dynamodb:DescribeTable"], resources: [tableArn] },
    {
      sid: "LockInDynamoDb",
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      resources: [tableArn],
      conditions: onlyItem(lockItem),
    },
    {
      sid: writes ? "WriteDigest" : "ReadDigest",
      actions: writes
        ? ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
        : ["dynamodb:GetItem"],
      resources: [tableArn],
      conditions: onlyItem(digestItem),
    },
  ];
}

function onlyItem(lockId: string): PolicyStatement["conditions"] {
  return {
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [lockId] },
    // ForAllValues also matches a request without keys.
    Null: { "dynamodb:LeadingKeys": ["false"] },
  };
}
