import { blocks, type TerraformResource } from "../../contract/terraform-json";
import { ofType, refersTo, type Rule, type Violation } from "./rule";

const COMPANIONS = {
  aws_s3_bucket_server_side_encryption_configuration: "is not encrypted",
  aws_s3_bucket_public_access_block: "does not block public access",
  aws_s3_bucket_ownership_controls: "does not enforce its owner",
  aws_s3_bucket_policy: "has no policy that refuses plain HTTP",
} as const;

const PUBLIC_ACCESS_BLOCKS = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
];

/** Buckets must be encrypted, private and TLS-only, databases encrypted and private, tables and topics encrypted. */
export const encryption: Rule = function* (resources) {
  for (const bucket of ofType(resources, "aws_s3_bucket")) yield* bucketViolations(bucket, resources);
  for (const { address, values: table } of ofType(resources, "aws_dynamodb_table")) {
    if (!blocks(table.server_side_encryption).some(({ enabled }) => enabled === true)) {
      yield { address, message: "The table is not encrypted: set serverSideEncryption: { enabled: true }." };
    }
    if (!blocks(table.point_in_time_recovery).some(({ enabled }) => enabled === true)) {
      yield {
        address,
        message: "The table cannot be restored: set pointInTimeRecovery: { enabled: true }.",
      };
    }
  }
  for (const { address, values: topic } of ofType(resources, "aws_sns_topic")) {
    if (!topic.kms_master_key_id) {
      yield { address, message: "The topic is not encrypted: set kmsMasterKeyId to a customer key." };
    }
  }
  for (const { address, values: database } of ofType(resources, "aws_db_instance")) {
    if (database.storage_encrypted !== true || !database.kms_key_id) {
      yield {
        address,
        message: "The database is not encrypted: set storageEncrypted, and kmsKeyId to a customer key.",
      };
    }
    if (database.publicly_accessible !== false) {
      yield { address, message: "The database may get a public address: set publiclyAccessible: false." };
    }
  }
};

function* bucketViolations(
  bucket: TerraformResource,
  resources: readonly TerraformResource[],
): Iterable<Violation> {
  const { address } = bucket;
  for (const [type, fault] of Object.entries(COMPANIONS)) {
    const companion = ofType(resources, type).find(({ values: args }) => names(args.bucket, bucket));
    if (!companion) {
      yield { address, message: `The bucket ${fault}: no ${type} names it. Use SecureBucket.` };
      continue;
    }
    if (
      type === "aws_s3_bucket_public_access_block" &&
      PUBLIC_ACCESS_BLOCKS.some((block) => companion.values[block] !== true)
    ) {
      yield {
        address: companion.address,
        message: `All of ${PUBLIC_ACCESS_BLOCKS.join(", ")} must be true.`,
      };
    }
    if (type === "aws_s3_bucket_policy" && !String(companion.values.policy).includes("aws:SecureTransport")) {
      yield {
        address: companion.address,
        message: "The bucket policy must deny requests with aws:SecureTransport = false.",
      };
    }
  }
}

function names(value: unknown, bucket: TerraformResource): boolean {
  return refersTo(value, bucket.address) || (value !== undefined && value === bucket.values.bucket);
}
