import { encryption } from "../../stacks/rules/encryption";
import { noTimestamp } from "../../stacks/rules/no-timestamp";
import { openIngress } from "../../stacks/rules/open-ingress";
import { ownReferences } from "../../stacks/rules/own-references";
import { requiredTags } from "../../stacks/rules/required-tags";
import { retention } from "../../stacks/rules/retention";
import { resourcesOf, type TerraformJson } from "../../contract/terraform-json";
import type { Rule } from "../../stacks/rules/rule";
import { wildcards } from "../../stacks/rules/wildcards";
import { tagsFor } from "../../contract/tags";
import { spoil } from "../support/spoil";

/** Violations of a rule in a stack, as `address: message`. */
function violations(rule: Rule, synthesized: TerraformJson): string[] {
  return [...rule(resourcesOf(synthesized), synthesized)].map(
    ({ address, message }) => `${address}: ${message}`,
  );
}

const resource = (resource: TerraformJson["resource"]): TerraformJson => ({ resource });

const bucket = {
  resource: {
    aws_s3_bucket: { b: { bucket: "name" } },
    aws_s3_bucket_server_side_encryption_configuration: { b: { bucket: "${aws_s3_bucket.b.id}" } },
    aws_s3_bucket_public_access_block: {
      b: {
        bucket: "name",
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
    aws_s3_bucket_ownership_controls: { b: { bucket: "name" } },
    aws_s3_bucket_policy: {
      b: { bucket: "name", policy: '{"Condition":{"Bool":{"aws:SecureTransport":"false"}}}' },
    },
  },
};

describe("encryption", () => {
  it("accepts a complete bucket", () => expect(violations(encryption, bucket)).toEqual([]));

  it.each([
    ["aws_s3_bucket_server_side_encryption_configuration", "is not encrypted"],
    ["aws_s3_bucket_public_access_block", "does not block public access"],
    ["aws_s3_bucket_ownership_controls", "does not enforce its owner"],
    ["aws_s3_bucket_policy", "has no policy that refuses plain HTTP"],
  ])("requires %s for this bucket", (type, fault) => {
    const message = `aws_s3_bucket.b: The bucket ${fault}: no ${type} names it. Use SecureBucket.`;
    expect(violations(encryption, spoil(bucket, `resource.${type}`, undefined))).toEqual([message]);
    expect(violations(encryption, spoil(bucket, `resource.${type}.b.bucket`, "other"))).toEqual([message]);
  });

  it("requires all four public access settings", () =>
    expect(
      violations(
        encryption,
        spoil(bucket, "resource.aws_s3_bucket_public_access_block.b.ignore_public_acls", false),
      ),
    ).toEqual([
      "aws_s3_bucket_public_access_block.b: All of block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets must be true.",
    ]));

  it("requires a policy that denies plain HTTP", () =>
    expect(violations(encryption, spoil(bucket, "resource.aws_s3_bucket_policy.b.policy", "{}"))).toEqual([
      "aws_s3_bucket_policy.b: The bucket policy must deny requests with aws:SecureTransport = false.",
    ]));

  it("requires encrypted tables with point-in-time recovery", () => {
    const on = { enabled: true };
    const table = (args: object) => resource({ aws_dynamodb_table: { t: { ...args } } });
    expect(
      violations(encryption, table({ server_side_encryption: on, point_in_time_recovery: [on] })),
    ).toEqual([]);
    expect(violations(encryption, table({}))).toEqual([
      "aws_dynamodb_table.t: The table is not encrypted: set serverSideEncryption: { enabled: true }.",
      "aws_dynamodb_table.t: The table cannot be restored: set pointInTimeRecovery: { enabled: true }.",
    ]);
  });

  it("requires encrypted topics", () => {
    expect(violations(encryption, resource({ aws_sns_topic: { t: { kms_master_key_id: "k" } } }))).toEqual(
      [],
    );
    expect(violations(encryption, resource({ aws_sns_topic: { t: {} } }))).toEqual([
      "aws_sns_topic.t: The topic is not encrypted: set kmsMasterKeyId to a customer key.",
    ]);
  });

  it("requires encrypted databases without a public address", () => {
    const right = { storage_encrypted: true, kms_key_id: "k", publicly_accessible: false };
    const databases = { right, keyless: { ...right, kms_key_id: undefined }, open: { ...right, publicly_accessible: true }, bare: {} }; // prettier-ignore
    const encrypted = "The database is not encrypted: set storageEncrypted, and kmsKeyId to a customer key.";
    const closed = "The database may get a public address: set publiclyAccessible: false.";
    expect(violations(encryption, resource({ aws_db_instance: databases }))).toEqual([
      `aws_db_instance.keyless: ${encrypted}`,
      `aws_db_instance.open: ${closed}`,
      `aws_db_instance.bare: ${encrypted}`,
      `aws_db_instance.bare: ${closed}`,
    ]);
  });
});

it("requires a retention for log groups", () => {
  const message = "The log group keeps logs forever: set retentionInDays.";
  const groups = { kept: {}, never: { retention_in_days: 0 }, days: { retention_in_days: 14 } };
  expect(violations(retention, resource({ aws_cloudwatch_log_group: groups }))).toEqual([
    `aws_cloudwatch_log_group.kept: ${message}`,
    `aws_cloudwatch_log_group.never: ${message}`,
  ]);
});

describe("open ingress", () => {
  const open = (rule: object): TerraformJson =>
    resource({
      aws_lb: { lb: { security_groups: ["${aws_security_group.lb.id}"] } },
      aws_security_group: { lb: {}, other: {} },
      aws_vpc_security_group_ingress_rule: {
        r: {
          security_group_id: "${aws_security_group.lb.id}",
          cidr_ipv4: "0.0.0.0/0",
          from_port: 443,
          to_port: 443,
          ...rule,
        },
      },
    });
  const message =
    "aws_vpc_security_group_ingress_rule.r: Open to the internet: only ports 80 and 443 of a load balancer may be. Name the networks that need it.";

  it.each([
    ["443 of a load balancer", {}],
    ["80 of a load balancer", { from_port: 80, to_port: 80 }],
    ["a known network on any port", { cidr_ipv4: "203.0.113.0/24", from_port: 22, to_port: 22 }],
  ])("allows %s", (_, rule) => expect(violations(openIngress, open(rule))).toEqual([]));

  it.each([
    ["another port", { from_port: 8080, to_port: 8080 }],
    ["a range", { from_port: 80, to_port: 443 }],
    ["all protocols", { from_port: undefined, to_port: undefined }],
    ["another group", { security_group_id: "${aws_security_group.other.id}" }],
    ["IPv6", { cidr_ipv4: undefined, cidr_ipv6: "::/0", from_port: 22, to_port: 22 }],
  ])("rejects %s", (_, rule) => expect(violations(openIngress, open(rule))).toEqual([message]));

  it("rejects inline rules", () =>
    expect(
      violations(
        openIngress,
        resource({
          aws_security_group: { i: { ingress: [{}] }, e: { egress: { from_port: 0 } }, none: {} },
          aws_security_group_rule: { r: {} },
        }),
      ),
    ).toEqual([
      "aws_security_group.i: Inline rules of a security group conflict with separate rules: use allowFrom and allowTo.",
      "aws_security_group.e: Inline rules of a security group conflict with separate rules: use allowFrom and allowTo.",
      "aws_security_group_rule.r: aws_security_group_rule conflicts with the newer rule resources: use allowFrom and allowTo.",
    ]));
});

describe("wildcards", () => {
  const policy = (statement: object) =>
    resource({
      aws_iam_role_policy: {
        p: { policy: JSON.stringify({ Statement: [{ Sid: "S", Effect: "Allow", ...statement }] }) },
      },
    });

  it.each([
    ["named actions on named resources", { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] }],
    ["a listed action on everything", { Action: "ecr:GetAuthorizationToken", Resource: "*" }],
    ["a denial of everything", { Effect: "Deny", Action: "*", Resource: "*" }],
  ])("allows %s", (_, statement) => expect(violations(wildcards, policy(statement))).toEqual([]));

  const managed = (attachment: object) =>
    resource({
      aws_iam_policy: {
        p: {
          policy: JSON.stringify({
            Statement: [{ Sid: "S", Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
          }),
        },
      },
      aws_iam_role_policy_attachment: { a: attachment as Record<string, unknown> },
    });

  it("allows wildcards in a permissions boundary, but not in a role", () => {
    expect(violations(wildcards, managed({ policy_arn: "arn:other" }))).toEqual([]);
    expect(violations(wildcards, managed({ policy_arn: "${aws_iam_policy.p.arn}" }))).toEqual([
      "aws_iam_policy.p: Statement S allows s3:GetObject on every resource: name them, or add the action with its reason to modules/iam/wildcards.ts.",
    ]);
  });

  it.each([
    ["all actions", { Action: "*", Resource: ["arn"] }, "Statement S allows *: list the actions it needs."],
    [
      "all actions of a service",
      { Action: ["s3:*"], Resource: ["arn"] },
      "Statement S allows s3:*: list the actions it needs.",
    ],
    [
      "an unexplained action on everything",
      { Action: ["s3:DeleteObject", "ecr:GetAuthorizationToken"], Resource: "*" },
      "Statement S allows s3:DeleteObject on every resource: name them, or add the action with its reason to modules/iam/wildcards.ts.",
    ],
    [
      "NotAction",
      { NotAction: ["iam:*"], Resource: "*" },
      "Statement S allows by exception: list what it needs instead.",
    ],
    [
      "NotResource",
      { Action: "s3:GetObject", NotResource: "a" },
      "Statement S allows by exception: list what it needs instead.",
    ],
  ])("rejects %s", (_, statement, message) =>
    expect(violations(wildcards, policy(statement))).toEqual([`aws_iam_role_policy.p: ${message}`]),
  );

  it("accepts a single statement without a Sid", () =>
    expect(
      violations(
        wildcards,
        resource({
          aws_iam_policy: {
            p: { policy: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"a"}}' },
          },
        }),
      ),
    ).toEqual(["aws_iam_policy.p: Statement without Sid allows s3:*: list the actions it needs."]));
});

describe("required tags", () => {
  const tags = tagsFor({ system: "s", environment: "e", owner: "o", costCenter: "c", ephemeral: false });

  it("requires every tag with a value on every provider", () => {
    expect(violations(requiredTags, { provider: { aws: [{ default_tags: [{ tags }] }] } })).toEqual([]);
    expect(
      violations(requiredTags, {
        provider: { aws: [{}, { default_tags: { tags: { ...tags, "automock:owner": "" } } }] },
      }),
    ).toEqual([
      "provider.aws: default_tags lack automock:system, automock:environment, automock:owner, automock:cost-center, automock:ephemeral, automock:managed-by: create them with tagsFor().",
      "provider.aws: default_tags lack automock:owner: create them with tagsFor().",
    ]);
  });

  it("requires services to tag their tasks", () =>
    expect(
      violations(requiredTags, resource({ aws_ecs_service: { a: { propagate_tags: "SERVICE" }, b: {} } })),
    ).toEqual(['aws_ecs_service.b: Tasks get no tags: set propagateTags: "SERVICE".']));
});

it("allows timestamp() only in terraform_data", () =>
  expect(
    violations(
      noTimestamp,
      resource({
        aws_s3_bucket: { b: { tags: { at: "${timestamp()}" } } },
        terraform_data: { created: { input: "${timestamp()}" } },
      }),
    ),
  ).toEqual(["aws_s3_bucket.b: timestamp() changes in every plan: store the time in a terraform_data."]));

describe("own references", () => {
  const stack = (args: object): TerraformJson => ({
    resource: { aws_vpc: { v: {} }, aws_subnet: { s: { ...args } } },
    data: { aws_route53_zone: { z: {} } },
  });

  it.each([
    ["a resource of this stack", { vpc_id: "${aws_vpc.v.id}", depends_on: ["aws_vpc.v"] }],
    ["its data sources", { zone: "${data.aws_route53_zone.z.zone_id}" }],
    ["several in one expression", { list: "${[for x in aws_vpc.v.ids : x if aws_subnet.s.id != x]}" }],
    ["text that is no expression", { description: "see aws_vpc.other", policy: "$${aws_vpc.other}" }],
  ])("allows %s", (_, args) => expect(violations(ownReferences, stack(args))).toEqual([]));

  it.each([
    ["a resource", { vpc_id: "${aws_vpc.other.id}" }, "aws_vpc.other"],
    ["a resource behind another one", { x: "${merge(aws_vpc.v.tags, aws_vpc.other.tags)}" }, "aws_vpc.other"],
    ["a data source", { x: "${data.aws_route53_zone.other.id}" }, "data.aws_route53_zone.other"],
    ["a data source taken for a resource", { x: "${aws_route53_zone.z.id}" }, "aws_route53_zone.z"],
    ["a dependency", { depends_on: ["aws_vpc.other"] }, "aws_vpc.other"],
  ])("rejects %s of another stack, once", (_, args, reference) =>
    expect(violations(ownReferences, stack({ ...args, again: { ...args } }))).toEqual([
      `aws_subnet.s: Refers to ${reference}, which is not in this stack. Compute its name or ARN with Names instead.`,
    ]),
  );
});
