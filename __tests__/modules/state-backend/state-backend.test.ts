import { StateBackend } from "../../../modules/state-backend/state-backend";
import { argumentsOf } from "../../support/arguments-of";
import { Template } from "../../support/template";

describe("StateBackend", () => {
  let template: Template;
  let backend: StateBackend;
  beforeAll(() => {
    template = Template.of((stack) => {
      backend = new StateBackend(stack, "state", { accountId: "111122223333", region: "us-gov-west-1" });
    });
  });

  it("creates these resources and no others", () => {
    expect(template.counts()).toEqual({
      aws_dynamodb_table: 1,
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_ownership_controls: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
    });
  });

  it("has literal names", () => {
    expect([backend.bucketName, backend.lockTableName]).toEqual([
      "automock-tfstate-111122223333-us-gov-west-1",
      "automock-tflock-111122223333-us-gov-west-1",
    ]);
  });

  it("prevents destroying the bucket, empty or not", () => {
    expect(template.sole("aws_s3_bucket")).toMatchObject({
      bucket: backend.bucketName,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("keeps old states for 90 days and the newest ten forever, and never expires the current one", () => {
    const [rule] = template.sole("aws_s3_bucket_lifecycle_configuration").rule;
    expect(rule.noncurrent_version_expiration).toEqual([
      { noncurrent_days: 90, newer_noncurrent_versions: 10 },
    ]);
    expect(rule.expiration).toEqual([{ expired_object_delete_marker: true }]);
  });

  it("uses KMS, and no statement that denies lock uploads", () => {
    const [rule] = template.sole("aws_s3_bucket_server_side_encryption_configuration").rule;
    expect(rule.apply_server_side_encryption_by_default).toEqual({ sse_algorithm: "aws:kms" });
    const { Statement } = JSON.parse(template.sole("aws_s3_bucket_policy").policy);
    expect(Statement.map((s: { Sid: string; Resource: string[] }) => [s.Sid, s.Resource[0]])).toEqual([
      ["DenyWithoutTls", "arn:aws-us-gov:s3:::automock-tfstate-111122223333-us-gov-west-1"],
      ["DenyOldTls", "arn:aws-us-gov:s3:::automock-tfstate-111122223333-us-gov-west-1"],
    ]);
  });

  it("creates the lock table that Terraform requires, with deletion protection", () => {
    expect(argumentsOf(template.sole("aws_dynamodb_table"))).toEqual({
      name: "automock-tflock-111122223333-us-gov-west-1",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "LockID",
      attribute: [{ name: "LockID", type: "S" }],
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true },
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
  });
});
