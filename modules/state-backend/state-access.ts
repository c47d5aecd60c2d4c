import { lockTableName, partitionOf, stateBucketName } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";

/** Which state a policy is for. */
export interface StateAccess {
  /** Account of the state backend, 12 digits. */
  readonly accountId: string;
  /** Region of the state backend. */
  readonly region: string;
  /** Key of the stack's state, see `stateKey`. */
  readonly key: string;
}

/**
 * Least-privilege policy, as JSON, of who plans one stack: read its state and take its lock in S3 and in
 * DynamoDB. It cannot write the state, nor the digest that Terraform compares it with.
 *
 * Permissions: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function planStatePolicy(access: StateAccess): string {
  return policyDocument(statements(access, "plan"));
}

/** Least-privilege policy, as JSON, of who applies one stack: what a plan needs, and to write state and digest. */
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
      // Without it S3 answers a missing state with 403, and the first plan of a stack fails.
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
    // ForAllValues is true as well when the request has no key at all.
    Null: { "dynamodb:LeadingKeys": ["false"] },
  };
}
