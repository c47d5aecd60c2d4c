import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SecureBucket, type SecureBucketProps } from "../../../modules/shared/secure-bucket";
import { argumentsOf } from "../../support/arguments-of";
import { Template } from "../../support/template";

const required: SecureBucketProps = {
  bucketName: "b",
  bucketArn: "arn:aws:s3:::b",
  noncurrentDays: 90,
  forceDestroy: false,
};

const synth = (props: Partial<SecureBucketProps> = {}) =>
  Template.of((stack) => {
    const bucket = new SecureBucket(stack, "secure", { ...required, ...props });
    new SqsQueue(stack, "user", { name: bucket.bucketName, dependsOn: [bucket.ready] });
  });

const id = (template: Template, type: string) => Object.keys(template.byId(type))[0]!;

describe("SecureBucket with the required props", () => {
  let template: Template;
  let bucket: string;
  beforeAll(() => {
    template = synth();
    bucket = `\${aws_s3_bucket.${id(template, "aws_s3_bucket")}.id}`;
  });

  it("creates these resources and no others", () => {
    expect(template.counts()).toEqual({
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_ownership_controls: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
      aws_sqs_queue: 1,
    });
  });

  it("sets the bucket name, and can be destroyed only when empty", () => {
    expect(argumentsOf(template.sole("aws_s3_bucket"))).toEqual({ bucket: "b", force_destroy: false });
  });

  it.each([
    ["aws_s3_bucket_ownership_controls", { rule: { object_ownership: "BucketOwnerEnforced" } }],
    [
      "aws_s3_bucket_public_access_block",
      {
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    ],
    ["aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } }],
    [
      "aws_s3_bucket_server_side_encryption_configuration",
      {
        rule: [
          {
            apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" },
            bucket_key_enabled: true,
          },
        ],
      },
    ],
    [
      "aws_s3_bucket_lifecycle_configuration",
      {
        transition_default_minimum_object_size: "all_storage_classes_128K",
        rule: [
          {
            id: "retention",
            status: "Enabled",
            filter: [{}],
            abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
            noncurrent_version_expiration: [{ noncurrent_days: 90 }],
            expiration: [{ expired_object_delete_marker: true }],
          },
        ],
      },
    ],
  ])("%s", (type, expected) => {
    expect(argumentsOf(template.sole(type), "depends_on")).toEqual({ bucket, ...expected });
  });

  it("denies requests without TLS or with TLS older than 1.2", () => {
    const everyone = {
      Effect: "Deny",
      Principal: { AWS: ["*"] },
      Action: ["s3:*"],
      Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    };
    expect(JSON.parse(template.sole("aws_s3_bucket_policy").policy).Statement).toEqual([
      { Sid: "DenyWithoutTls", ...everyone, Condition: { Bool: { "aws:SecureTransport": ["false"] } } },
      { Sid: "DenyOldTls", ...everyone, Condition: { NumericLessThan: { "s3:TlsVersion": ["1.2"] } } },
    ]);
  });
});

describe("a bucket's resources form one chain", () => {
  const chain = [
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
  ];
  const LAST = ["aws_s3_bucket_lifecycle_configuration", "aws_sqs_queue"];
  it.each([
    ["without notification", false, chain],
    ["with notification", true, [...chain, "aws_s3_bucket_notification"]],
  ])("%s; the lifecycle and the bucket's users wait for its end", (_, eventBridge, order) => {
    const template = synth({ eventBridge });
    const dependencies = [...order, ...LAST].map((type) => template.sole(type).depends_on);
    const end = order.at(-1)!;
    expect(dependencies).toEqual([
      undefined,
      ...order.slice(0, -1).map((type) => [`${type}.${id(template, type)}`]),
      ...LAST.map(() => [`${end}.${id(template, end)}`]),
    ]);
  });
});

describe("SecureBucket options", () => {
  it("eventBridge enables events", () => {
    const { eventbridge } = synth({ eventBridge: true }).sole("aws_s3_bucket_notification");
    expect(eventbridge).toBe(true);
  });

  it("AES256 uses no bucket key, which is for KMS only", () => {
    const sse = synth({ encryption: "AES256" }).sole("aws_s3_bucket_server_side_encryption_configuration");
    expect(sse.rule).toEqual([{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }]);
  });

  it("preventDestroy and forceDestroy", () => {
    const bucket = synth({ preventDestroy: true, forceDestroy: true }).sole("aws_s3_bucket");
    expect(bucket).toMatchObject({ lifecycle: { prevent_destroy: true }, force_destroy: true });
  });

  it("appends policyStatements to its own, in one policy", () => {
    const template = synth({
      policyStatements: [
        {
          sid: "Extra",
          actions: ["s3:PutObject"],
          resources: ["arn:aws:s3:::b/*"],
          principals: { AWS: ["1"] },
        },
      ],
    });
    const { Statement } = JSON.parse(template.sole("aws_s3_bucket_policy").policy);
    expect(Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      "DenyWithoutTls",
      "DenyOldTls",
      "Extra",
    ]);
  });

  it("passes on the retention", () => {
    const template = synth({ keepNoncurrentVersions: 3, expireObjectsAfterDays: 14 });
    expect(template.sole("aws_s3_bucket_lifecycle_configuration").rule[0]).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 90, newer_noncurrent_versions: 3 }],
      expiration: [{ days: 14 }],
    });
  });
});
