import { buildReport } from "../../../operations/review/report";
import type { ResourceChange } from "../../../operations/terraform/plan-json";
import { planOf, resource, stackOf, updateOf } from "../../support/change";

/** What the stack itself has put on a resource is an echo; one entry more is drift, whatever is beside it. */

type Values = Record<string, unknown>;

const kept = (address: string, values: Values): ResourceChange =>
  resource(address, { actions: ["no-op"], before: values, after: values });

const linesOf = (type: string, before: Values, after: Values, ...siblings: ResourceChange[]) => {
  const own = { id: "me", name: "me", arn: "me", url: "me" };
  const drifted = resource(`${type}.x`, updateOf({ ...own, ...before }, { ...own, ...after }));
  const plan = planOf(siblings, { resource_drift: [drifted] });
  return buildReport([stackOf(plan)], { app: "a" }).stacks[0]!.drift.flatMap(({ attributes }) =>
    attributes.flatMap(({ lines }) => lines.map(({ sign, text }) => `${sign} ${text}`)),
  );
};

const ROUTE = { cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1", gateway_id: "", carrier_gateway_id: "" };
const policy = (action: string) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: action }] });
const spaced = (text: string) => JSON.stringify(JSON.parse(text), undefined, 2);

interface Case {
  readonly type: string;
  readonly attribute: string;
  readonly writer: readonly [type: string, values: Values];
  /** As the attribute shows what the writer has written. */
  readonly echo: unknown;
  /** With one more entry, or another value. */
  readonly foreign: unknown;
  /** What is shown of that. */
  readonly shows: RegExp;
}

const CASES: readonly Case[] = [
  {
    type: "aws_acm_certificate",
    attribute: "status",
    writer: ["aws_acm_certificate_validation", { certificate_arn: "me" }],
    echo: "ISSUED",
    foreign: "REVOKED",
    shows: /REVOKED/,
  },
  {
    type: "aws_route_table",
    attribute: "route",
    writer: [
      "aws_route",
      { route_table_id: "me", destination_cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1", gateway_id: "" },
    ],
    echo: [ROUTE],
    foreign: [ROUTE, { ...ROUTE, cidr_block: "198.51.100.0/24", nat_gateway_id: "", gateway_id: "igw-1" }],
    shows: /^\+ route = \[ *\n?.*198\.51\.100\.0\/24/,
  },
  {
    type: "aws_route_table",
    attribute: "route",
    writer: [
      "aws_route",
      { route_table_id: "me", destination_cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1" },
    ],
    echo: [ROUTE],
    foreign: [{ ...ROUTE, nat_gateway_id: "", gateway_id: "igw-1" }],
    shows: /igw-1/,
  },
  {
    type: "aws_iam_role",
    attribute: "inline_policy",
    writer: ["aws_iam_role_policy", { role: "me", name: "logs", policy: policy("logs:*") }],
    echo: [{ name: "logs", policy: spaced(policy("logs:*")) }],
    foreign: [
      { name: "logs", policy: policy("logs:*") },
      { name: "by-hand", policy: policy("*") },
    ],
    shows: /by-hand/,
  },
  {
    type: "aws_iam_role",
    attribute: "inline_policy",
    writer: ["aws_iam_role_policy", { role: "me", name: "logs", policy: policy("logs:*") }],
    echo: [{ name: "logs", policy: policy("logs:*") }],
    foreign: [{ name: "logs", policy: policy("iam:*") }],
    shows: /iam:\*/,
  },
  {
    type: "aws_iam_role",
    attribute: "managed_policy_arns",
    writer: ["aws_iam_role_policy_attachment", { role: "me", policy_arn: "arn:ReadOnly" }],
    echo: ["arn:ReadOnly"],
    foreign: ["arn:ReadOnly", "arn:Administrator"],
    shows: /^\+ managed_policy_arns = \["arn:Administrator"\]$/,
  },
  {
    type: "aws_kms_key",
    attribute: "policy",
    writer: ["aws_kms_key_policy", { key_id: "me", policy: policy("kms:*") }],
    echo: spaced(policy("kms:*")),
    foreign: policy("kms:Decrypt"),
    shows: /kms:Decrypt/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "policy",
    writer: ["aws_s3_bucket_policy", { bucket: "me", policy: policy("s3:Get") }],
    echo: policy("s3:Get"),
    foreign: policy("s3:*"),
    shows: /s3:\*/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "versioning",
    writer: [
      "aws_s3_bucket_versioning",
      { bucket: "me", versioning_configuration: [{ status: "Enabled", mfa_delete: "" }] },
    ],
    echo: [{ enabled: true, mfa_delete: false }],
    foreign: [{ enabled: true, mfa_delete: true }],
    shows: /mfa_delete: true/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "lifecycle_rule",
    writer: [
      "aws_s3_bucket_lifecycle_configuration",
      {
        bucket: "me",
        rule: [
          { id: "old", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 14, date: null }] },
        ],
      },
    ],
    echo: [{ id: "old", enabled: true, prefix: "", tags: {}, expiration: [{ days: 14, date: "" }] }],
    foreign: [
      { id: "old", enabled: true, prefix: "", tags: {}, expiration: [{ days: 14, date: "" }] },
      { id: "all", enabled: true, prefix: "", tags: {}, expiration: [{ days: 1, date: "" }] },
    ],
    shows: /id: "all"/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "server_side_encryption_configuration",
    writer: [
      "aws_s3_bucket_server_side_encryption_configuration",
      { bucket: "me", rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }] },
    ],
    echo: [
      {
        rule: [
          {
            apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256", kms_master_key_id: "" }],
            bucket_key_enabled: false,
          },
        ],
      },
    ],
    foreign: [{ rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms" }] }] }],
    shows: /aws:kms/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "logging",
    writer: ["aws_s3_bucket_logging", { bucket: "me", target_bucket: "logs", target_prefix: "s3/" }],
    echo: [{ target_bucket: "logs", target_prefix: "s3/" }],
    foreign: [{ target_bucket: "elsewhere", target_prefix: "s3/" }],
    shows: /elsewhere/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "cors_rule",
    writer: [
      "aws_s3_bucket_cors_configuration",
      {
        bucket: "me",
        cors_rule: [{ id: "", allowed_methods: ["GET"], allowed_origins: ["https://a.example"] }],
      },
    ],
    echo: [{ allowed_methods: ["GET"], allowed_origins: ["https://a.example"], max_age_seconds: 0 }],
    foreign: [{ allowed_methods: ["GET"], allowed_origins: ["*"] }],
    shows: /"\*"/,
  },
  {
    type: "aws_s3_bucket",
    attribute: "grant",
    writer: [
      "aws_s3_bucket_acl",
      {
        bucket: "me",
        access_control_policy: [
          { grant: [{ grantee: [{ id: "o", type: "CanonicalUser", uri: "" }], permission: "READ" }] },
        ],
      },
    ],
    echo: [{ id: "o", type: "CanonicalUser", uri: "", permissions: ["READ"] }],
    foreign: [
      { id: "o", type: "CanonicalUser", uri: "", permissions: ["READ"] },
      {
        id: "",
        type: "Group",
        uri: "http://acs.amazonaws.com/groups/global/AllUsers",
        permissions: ["READ"],
      },
    ],
    shows: /AllUsers/,
  },
  {
    type: "aws_sns_topic",
    attribute: "policy",
    writer: ["aws_sns_topic_policy", { arn: "me", policy: policy("SNS:Publish") }],
    echo: policy("SNS:Publish"),
    foreign: policy("SNS:*"),
    shows: /SNS:\*/,
  },
  {
    type: "aws_sqs_queue",
    attribute: "policy",
    writer: ["aws_sqs_queue_policy", { queue_url: "me", policy: policy("sqs:Send") }],
    echo: policy("sqs:Send"),
    foreign: policy("sqs:*"),
    shows: /sqs:\*/,
  },
  {
    type: "aws_sqs_queue",
    attribute: "redrive_allow_policy",
    writer: [
      "aws_sqs_queue_redrive_allow_policy",
      { queue_url: "me", redrive_allow_policy: '{"a":"denyAll"}' },
    ],
    echo: '{ "a": "denyAll" }',
    foreign: '{"a":"allowAll"}',
    shows: /allowAll/,
  },
  {
    type: "aws_eip",
    attribute: "association_id",
    writer: ["aws_nat_gateway", { allocation_id: "me", association_id: "eipassoc-1" }],
    echo: "eipassoc-1",
    foreign: "eipassoc-2",
    shows: /eipassoc-2/,
  },
  {
    type: "aws_eip",
    attribute: "private_dns",
    writer: ["aws_nat_gateway", { allocation_id: "me", private_ip: "10.0.1.2" }],
    echo: "ip-10-0-1-2.ec2.internal",
    foreign: "ip-10-0-9-9.ec2.internal",
    shows: /ip-10-0-9-9/,
  },
  {
    type: "aws_eip",
    attribute: "instance",
    writer: ["aws_eip_association", { allocation_id: "me", instance_id: "i-1" }],
    echo: "i-1",
    foreign: "i-2",
    shows: /i-2/,
  },
];

describe.each(CASES)("$attribute of $type", ({ type, attribute, writer, echo, foreign, shows }) => {
  const sibling = kept(`${writer[0]}.w`, writer[1]);
  const nothing = Array.isArray(echo) ? [] : "";

  it("what the stack wrote is an echo", () =>
    expect(linesOf(type, { [attribute]: nothing }, { [attribute]: echo }, sibling)).toEqual([]));
  it("the same without its writer is drift", () =>
    expect(linesOf(type, { [attribute]: nothing }, { [attribute]: echo })).not.toEqual([]));
  it("one more entry or another value is drift, and the rest is not", () => {
    const lines = linesOf(type, { [attribute]: echo }, { [attribute]: foreign }, sibling).join("\n");
    expect(lines).toMatch(shows);
    expect(lines.match(/^[+!-] \w+(:| =)/gm)).toEqual([expect.stringContaining(attribute)]);
  });
});

it("a default of AWS that the stack has replaced is not drift", () => {
  const topicPolicy = kept("aws_sns_topic_policy.w", { arn: "me", policy: policy("SNS:Publish") });
  const versioning = kept("aws_s3_bucket_versioning.w", {
    bucket: "me",
    versioning_configuration: [{ status: "Enabled" }],
  });
  expect(
    linesOf("aws_sns_topic", { policy: policy("SNS:*") }, { policy: policy("SNS:Publish") }, topicPolicy),
  ).toEqual([]);
  expect(
    linesOf(
      "aws_s3_bucket",
      { versioning: [{ enabled: false }] },
      { versioning: [{ enabled: true }] },
      versioning,
    ),
  ).toEqual([]);
});

it("a policy that the last apply has changed is not drift; one that a person adds beside it is", () => {
  const written = kept("aws_iam_role_policy.w", { role: "me", name: "logs", policy: policy("logs:New") });
  const entry = (name: string, action: string) => ({ name, policy: policy(action) });
  const lines = (...after: object[]) =>
    linesOf(
      "aws_iam_role",
      { inline_policy: [entry("logs", "logs:Old")] },
      { inline_policy: after },
      written,
    );
  expect(lines(entry("logs", "logs:New"))).toEqual([]);
  expect(lines(entry("logs", "logs:New"), entry("other", "iam:PassRole")).join()).toContain("iam:PassRole");
});

it("a security group's rule for itself is an echo when the stack has written it", () => {
  const rule = { protocol: "tcp", from_port: 80, to_port: 80, cidr_blocks: [], self: true };
  const sibling = kept("aws_vpc_security_group_ingress_rule.w", {
    security_group_id: "me",
    referenced_security_group_id: "me",
    ip_protocol: "tcp",
    from_port: 80,
    to_port: 80,
  });
  expect(linesOf("aws_security_group", { ingress: [] }, { ingress: [rule] }, sibling)).toEqual([]);
  expect(linesOf("aws_security_group", { ingress: [] }, { ingress: [rule] }).join()).toContain("self: true");
});

it("a tag that was emptied by hand is drift", () => {
  expect(linesOf("aws_x", { tags: { "do-not-delete": "yes" } }, { tags: { "do-not-delete": "" } })).toEqual([
    '! tags: { do-not-delete: "yes" } → { do-not-delete: "" }',
  ]);
});

it("a load balancer of the stack on its target group is an echo, another one is drift", () => {
  const own = kept("aws_lb.own", { id: "lb", arn: "arn:own" });
  const lines = (...arns: string[]) =>
    linesOf("aws_lb_target_group", { load_balancer_arns: [] }, { load_balancer_arns: arns }, own);
  expect(lines("arn:own")).toEqual([]);
  expect(lines("arn:own", "arn:foreign")).toEqual(['+ load_balancer_arns = ["arn:foreign"]']);
});

it.each(["backing-up", "modifying", "available"])("a database that is %s passes by itself", (status) =>
  expect(linesOf("aws_db_instance", { status: "available" }, { status })).toEqual([]),
);

it.each(["stopped", "storage-full", "incompatible-parameters"])("a database that is %s is drift", (status) =>
  expect(linesOf("aws_db_instance", { status: "available" }, { status })).toEqual([
    `! status: "available" → "${status}"`,
  ]),
);

it("a policy counts its attachments; one that the stack did not make is drift", () => {
  const count = (attachments: number) =>
    linesOf(
      "aws_iam_policy",
      { attachment_count: 0 },
      { attachment_count: attachments },
      kept("aws_iam_role_policy_attachment.a", { id: "a", policy_arn: "me" }),
      // In a plan it stands twice: in the state, and among the resources.
      kept("aws_iam_role_policy_attachment.a", { id: "a", policy_arn: "me" }),
      kept("aws_iam_role_policy_attachment.b", { id: "b", policy_arn: "another" }),
    );
  expect(count(1)).toEqual([]);
  expect(count(2)).toEqual(["! attachment_count: 0 → 2"]);
});
