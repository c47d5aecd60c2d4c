import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { ConfigBucket, type ConfigBucketProps } from "../../../modules/config-bucket/config-bucket";
import { testNames } from "../../support/names";
import { argumentsOf } from "../../support/arguments-of";
import { Template } from "../../support/template";

const NAME = "automock-test-config-111122223333-us-east-1";

let made: ConfigBucket;
const synth = (props: Partial<ConfigBucketProps> = {}) =>
  Template.of((stack) => {
    made = new ConfigBucket(stack, "config", { names: testNames, forceDestroy: false, ...props });
    new SqsQueue(stack, "user", { dependsOn: [made.ready] });
  });

describe("ConfigBucket", () => {
  let template: Template;
  beforeAll(() => {
    template = synth();
  });

  it("creates these resources and no others", () => {
    expect(template.counts()).toEqual({
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_notification: 1,
      aws_s3_bucket_ownership_controls: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
      aws_s3_object: 1,
      aws_sqs_queue: 1,
    });
  });

  it("its outputs are consistent literals", () => {
    expect({
      bucketName: made.bucketName,
      bucketArn: made.bucketArn,
      expectationsKey: made.expectationsKey,
      readStatement: made.readStatement,
    }).toEqual({
      bucketName: NAME,
      bucketArn: `arn:aws:s3:::${NAME}`,
      expectationsKey: "expectations.json",
      readStatement: {
        sid: "ReadExpectations",
        actions: ["s3:GetObject"],
        resources: [`arn:aws:s3:::${NAME}/expectations.json`],
      },
    });
    expect(template.sole("aws_s3_bucket")).toMatchObject({ bucket: NAME, force_destroy: false });
  });

  it("starts without expectations, and ignores uploads", () => {
    const object = template.sole("aws_s3_object");
    expect(argumentsOf(object, "depends_on")).toEqual({
      bucket: NAME,
      key: "expectations.json",
      content: "[]\n",
      content_type: "application/json",
      override_provider: { default_tags: { tags: {} } },
      lifecycle: {
        ignore_changes: [
          "cache_control",
          "content",
          "content_disposition",
          "content_encoding",
          "content_language",
          "content_type",
          "metadata",
          "storage_class",
          "tags",
          "tags_all",
          "website_redirect",
        ],
      },
    });
    const notification = Object.keys(template.byId("aws_s3_bucket_notification"));
    expect(object.depends_on).toEqual(notification.map((id) => `aws_s3_bucket_notification.${id}`));
  });

  it("is ready once the expectations exist", () => {
    const object = Object.keys(template.byId("aws_s3_object"));
    expect(template.sole("aws_sqs_queue").depends_on).toEqual(object.map((id) => `aws_s3_object.${id}`));
  });

  it("never expires the current version, even with forceDestroy", () => {
    const ephemeral = synth({ forceDestroy: true });
    expect(ephemeral.sole("aws_s3_bucket").force_destroy).toBe(true);
    for (const { rule } of [template, ephemeral].flatMap((t) =>
      t.all("aws_s3_bucket_lifecycle_configuration"),
    )) {
      expect(rule).toHaveLength(1);
      expect(rule[0].expiration).toEqual([{ expired_object_delete_marker: true }]);
      expect(rule[0].noncurrent_version_expiration).toEqual([
        { noncurrent_days: 90, newer_noncurrent_versions: 10 },
      ]);
    }
  });

  it("sends its events to EventBridge", () => {
    expect(template.sole("aws_s3_bucket_notification").eventbridge).toBe(true);
  });
});
