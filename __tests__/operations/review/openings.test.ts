import { buildReport } from "../../../operations/review/report";
import type { ResourceChange } from "../../../operations/terraform/plan-json";
import { createOf, deleteOf, planOf, resource, stackOf, updateOf } from "../../support/change";

const KEPT = resource("aws_vpc.kept", { actions: ["no-op"], before: { id: "v" }, after: { id: "v" } });

/** In a stack that is deployed. */
function report(change: ResourceChange) {
  const [stack] = buildReport([stackOf(planOf([KEPT, change]))], { app: "a" }).stacks;
  return stack!;
}

const policy = (statement: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
type Opening = [
  type: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  clause: string,
];
const gitHub = (claims: object) =>
  policy({
    Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringLike: claims },
  });
const NOBODY = JSON.stringify({ Statement: [] });

describe("who gets in, what ends and what is lost is loud, and makes the stack one to review with care", () => {
  it.each<Opening>([
    [
      "aws_apigatewayv2_route",
      { authorization_type: "JWT" },
      { authorization_type: "NONE" },
      "anyone may call it",
    ],
    ["aws_api_gateway_method", { authorization: "AWS_IAM" }, { authorization: "NONE" }, "anyone may call it"],
    [
      "aws_eks_cluster",
      { vpc_config: [{ endpoint_public_access: false }] },
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ["0.0.0.0/0"] }] },
      "reachable from the internet",
    ],
    [
      "aws_ec2_managed_prefix_list",
      { entry: [{ cidr: "10.0.0.0/8" }] },
      { entry: [{ cidr: "0.0.0.0/0" }] },
      "open to the whole internet",
    ],
    [
      "aws_security_group",
      { ingress: [{ cidr_blocks: ["0.0.0.0/0"], from_port: 443, to_port: 443 }] },
      { ingress: [{ cidr_blocks: ["0.0.0.0/0"], from_port: 0, to_port: 65535 }] },
      "open to the whole internet",
    ],
    [
      "aws_vpc_security_group_ingress_rule",
      { cidr_ipv4: "10.0.0.0/8" },
      { cidr_ipv4: "54.0.0.0/8" },
      "open to a large part of the internet",
    ],
    [
      "aws_iam_role",
      { assume_role_policy: NOBODY },
      { assume_role_policy: policy({ Principal: { Federated: "*" } }) },
      "anyone may assume it",
    ],
    [
      "aws_iam_role",
      { assume_role_policy: NOBODY },
      { assume_role_policy: gitHub({ "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" }) },
      "any identity of its provider may assume it",
    ],
    [
      "aws_iam_role",
      { assume_role_policy: NOBODY },
      { assume_role_policy: gitHub({ "token.actions.githubusercontent.com:sub": "repo:*" }) },
      "any identity of its provider may assume it",
    ],
    [
      "aws_iam_policy",
      { policy: NOBODY },
      { policy: policy({ NotAction: ["s3:*"], Resource: "*" }) },
      "its policy allows everything except what it names",
    ],
    ...[
      { Bool: { "aws:SecureTransport": "true" } },
      { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } },
      { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } },
    ].map((Condition): Opening => [
      "aws_s3_bucket_policy",
      { policy: NOBODY },
      { policy: policy({ Principal: "*", Action: "s3:GetObject", Resource: "*", Condition }) },
      "its policy lets in anyone",
    ]),
    ["aws_snapshot_create_volume_permission", {}, { account_id: "all" }, "shared with every account"],
    [
      "aws_iam_role",
      { assume_role_policy: NOBODY },
      {
        assume_role_policy: policy({
          Principal: { AWS: ["*"] },
          Condition: { StringLike: { "aws:PrincipalArn": "*" } },
        }),
      },
      "anyone may assume it",
    ],
    [
      "aws_opensearch_domain",
      { access_policies: NOBODY },
      { access_policies: policy({ Principal: { AWS: "*" }, Action: "es:*" }) },
      "its policy lets in anyone",
    ],
    [
      "aws_iam_role_policy",
      { policy: NOBODY },
      { policy: policy({ Action: "*", Resource: "*" }) },
      "its policy allows everything",
    ],
    [
      "aws_s3_bucket_acl",
      { access_control_policy: [] },
      {
        access_control_policy: [
          { grant: [{ grantee: [{ uri: "http://acs.amazonaws.com/groups/global/AllUsers" }] }] },
        ],
      },
      "anyone may read it",
    ],
    [
      "aws_s3_bucket_acl",
      { acl: "private" },
      { acl: "authenticated-read" },
      "anyone with an AWS account may read it",
    ],
    ["aws_db_snapshot", { shared_accounts: [] }, { shared_accounts: ["all"] }, "shared with every account"],
    [
      "aws_s3_account_public_access_block",
      { block_public_acls: true },
      { block_public_acls: false },
      "public access is no longer blocked (block_public_acls)",
    ],
    ["aws_lb_target_group", { protocol: "HTTPS" }, { protocol: "HTTP" }, "requests are no longer encrypted"],
    [
      "aws_cloudtrail",
      { enable_logging: true },
      { enable_logging: false },
      "calls to AWS are no longer recorded",
    ],
    [
      "aws_dynamodb_table",
      { point_in_time_recovery: [{ enabled: true }] },
      { point_in_time_recovery: [{ enabled: false }] },
      "point-in-time recovery ends",
    ],
    [
      "aws_s3_bucket_lifecycle_configuration",
      { rule: [{ id: "a", expiration: [{ days: 365 }] }] },
      { rule: [{ id: "a", expiration: [{ days: 1 }] }] },
      "objects are deleted sooner than before",
    ],
    [
      "aws_redshift_cluster",
      { automated_snapshot_retention_period: 7 },
      { automated_snapshot_retention_period: 0 },
      "automated backups end, and those that are kept are deleted",
    ],
  ])("%s %j → %j", (type, before, after, clause) => {
    const { attention, level } = report(resource(`${type}.x`, updateOf(before, after)));
    expect(attention.map(({ loud, why }) => [loud, why[0]])).toEqual([[true, clause]]);
    expect(level).toBe("danger");
  });

  it.each([
    ["aws_ec2_managed_prefix_list_entry", { cidr: "::/0" }, "open to the whole internet"],
    ["aws_ami_launch_permission", { group: "all", image_id: "ami-1" }, "shared with every account"],
    [
      "aws_iam_role_policy_attachment",
      { policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      "it may give itself every right",
    ],
  ])("a new %s", (type, after, clause) => {
    const { attention, level } = report(resource(`${type}.x`, createOf(after)));
    expect(attention.map(({ loud, why }) => [loud, why[0]])).toEqual([[true, clause]]);
    expect(level).toBe("danger");
  });

  it.each(["aws_backup_plan", "aws_s3_bucket_replication_configuration", "aws_guardduty_detector"])(
    "a %s that goes",
    (type) => expect(report(resource(`${type}.x`, deleteOf({ id: "x" }))).attention[0]!.loud).toBe(true),
  );
});

it.each<Opening>([
  [
    "aws_route_table_association",
    { route_table_id: "a" },
    { route_table_id: "b" },
    'route_table_id: "a" → "b"',
  ],
  [
    "aws_ecs_service",
    { network_configuration: [{ subnets: ["a"] }] },
    { network_configuration: [{ subnets: ["b"] }] },
    'network_configuration.subnets: ["a"] → ["b"]',
  ],
  ["aws_lambda_function", { role: "a" }, { role: "b" }, 'role: "a" → "b"'],
  [
    "aws_sqs_queue",
    { message_retention_seconds: 9 },
    { message_retention_seconds: 8 },
    "message_retention_seconds: 9 → 8",
  ],
  [
    "aws_backup_plan",
    { rule: [{ lifecycle: [{ delete_after: 35 }] }] },
    { rule: [{ lifecycle: [{ delete_after: 1 }] }] },
    "rule.lifecycle.delete_after: 35 → 1",
  ],
  [
    "aws_instance",
    { metadata_options: [{ http_tokens: "required" }] },
    { metadata_options: [{ http_tokens: "optional" }] },
    'metadata_options.http_tokens: "required" → "optional"',
  ],
  [
    "aws_lb",
    { desync_mitigation_mode: "strictest" },
    { desync_mitigation_mode: "monitor" },
    'desync_mitigation_mode: "strictest" → "monitor"',
  ],
  [
    "aws_cognito_user_pool",
    { mfa_configuration: "ON" },
    { mfa_configuration: "OFF" },
    'mfa_configuration: "ON" → "OFF"',
  ],
  [
    "aws_ecr_repository",
    { image_scanning_configuration: [{ scan_on_push: true }] },
    { image_scanning_configuration: [{ scan_on_push: false }] },
    "image_scanning_configuration.scan_on_push: true → false",
  ],
])("%s %j → %j is listed, and not loud", (type, before, after, clause) => {
  const { attention, level } = report(resource(`${type}.x`, updateOf(before, after)));
  expect(attention.map(({ loud, why }) => [loud, why[0]])).toEqual([[false, clause]]);
  expect(level).toBe("change");
});

it("a new revision of a task says when it may do more", () => {
  const containers = (privileged: boolean) => ({ container_definitions: JSON.stringify([{ privileged }]) });
  const change = updateOf(containers(false), containers(true), {
    actions: ["create", "delete"],
    replace_paths: [["container_definitions"]],
  });
  expect(
    report(resource("aws_ecs_task_definition.t", change)).attention.map(({ kind, why }) => [kind, why[0]]),
  ).toEqual([
    ["security", "container_definitions.privileged: false → true"],
    ["revision", "a new revision, as with every deployment"],
  ]);
});

it("a new route whose gateway is created by the same plan is a way in", () => {
  const change = createOf({ destination_cidr_block: "0.0.0.0/0" }, { after_unknown: { gateway_id: true } });
  expect(report(resource("aws_route.r", change)).attention.map(({ why }) => why)).toEqual([
    ["gateway_id: known after apply"],
  ]);
});

it.each<[type: string, before: Record<string, unknown>, after: Record<string, unknown>]>([
  [
    "aws_s3_bucket_lifecycle_configuration",
    { rule: [{ id: "a", expiration: [{ days: 1 }] }] },
    { rule: [{ id: "a", expiration: [{ days: 9 }] }] },
  ],
  ["aws_sqs_queue", { message_retention_seconds: 8 }, { message_retention_seconds: 9 }],
  ["aws_vpc_endpoint_x", { tags: { a: "1" } }, { tags: { a: "2" } }],
])("%s %j → %j needs none", (type, before, after) => {
  expect(report(resource(`${type}.x`, updateOf(before, after)))).toMatchObject({
    attention: [],
    level: "change",
  });
});

it("closing one of two open ports is not an opening", () => {
  const rule = (port: number) => ({ cidr_blocks: ["0.0.0.0/0"], from_port: port, to_port: port });
  const change = updateOf({ ingress: [rule(22), rule(443)] }, { ingress: [rule(443)] });
  const [item] = report(resource("aws_security_group.g", change)).attention;
  expect(item).toMatchObject({ kind: "security", loud: false });
});

it("a stack that is new as a whole may be public from the start: it is not dangerous", () => {
  const change = resource("aws_vpc_security_group_ingress_rule.r", createOf({ cidr_ipv4: "0.0.0.0/0" }));
  const [stack] = buildReport([stackOf(planOf([change]))], { app: "a" }).stacks;
  expect(stack).toMatchObject({ level: "change", attention: [{ loud: true }] });
});
