import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { AccessLogBucket } from "../../../modules/access-logs/access-log-bucket";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const NAME = "automock-test-alb-logs-111122223333-us-east-1";

describe("AccessLogBucket", () => {
  let template: Template;
  let logs: AccessLogBucket;
  beforeAll(() => {
    template = Template.of((stack) => {
      logs = new AccessLogBucket(stack, "logs", { names: testNames, retentionDays: 30, forceDestroy: true });
      new SqsQueue(stack, "user", { dependsOn: [logs.ready] });
    });
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

  it("has literal names, and is ready before its lifecycle", () => {
    expect([logs.bucketName, logs.bucketArn]).toEqual([NAME, `arn:aws:s3:::${NAME}`]);
    expect(template.sole("aws_s3_bucket")).toMatchObject({ bucket: NAME, force_destroy: true });
    const [last] = Object.keys(template.byId("aws_s3_bucket_server_side_encryption_configuration"));
    expect(template.sole("aws_sqs_queue").depends_on).toEqual([
      `aws_s3_bucket_server_side_encryption_configuration.${last}`,
    ]);
  });

  it("uses SSE-S3, the only encryption that log delivery supports", () => {
    const { rule } = template.sole("aws_s3_bucket_server_side_encryption_configuration");
    expect(rule).toEqual([{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }]);
  });

  it("deletes a log after retentionDays, and its noncurrent version a day later", () => {
    const { rule } = template.sole("aws_s3_bucket_lifecycle_configuration");
    expect(rule).toHaveLength(1);
    expect(rule[0].expiration).toEqual([{ days: 30 }]);
    expect(rule[0].noncurrent_version_expiration).toEqual([{ noncurrent_days: 1 }]);
  });

  it("lets load balancers of this account and region write to the account's path", () => {
    const { Statement } = JSON.parse(template.sole("aws_s3_bucket_policy").policy);
    expect(Statement).toHaveLength(3);
    expect(Statement[2]).toEqual({
      Sid: "AlbLogDelivery",
      Effect: "Allow",
      Principal: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
      Action: ["s3:PutObject"],
      Resource: [`arn:aws:s3:::${NAME}/AWSLogs/111122223333/*`],
      Condition: {
        ArnLikeIfExists: {
          "aws:SourceArn": ["arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/*"],
        },
        StringEqualsIfExists: { "aws:SourceAccount": ["111122223333"] },
      },
    });
  });

  it("rejects a fraction of a day", () => {
    const make = () =>
      Template.of((stack) => {
        new AccessLogBucket(stack, "logs", { names: testNames, retentionDays: 1.25, forceDestroy: true });
      });
    expect(make).toThrow(
      "expireObjectsAfterDays is 1.25: S3 takes a whole number of at least 1. Round hours up to whole days.",
    );
  });
});
