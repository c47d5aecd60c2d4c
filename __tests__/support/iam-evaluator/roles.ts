import { reaperNames } from "../../../contract/reaper";
import { evaluate } from "./evaluate";
import type { Decision, Policy, Request, Statement } from "./policy";

/** A role as a synthesized stack states it, with everything that decides about its requests. */
export interface SynthesizedRole {
  readonly name: string;
  readonly trust: Policy;
  /** Inline, the project's own managed and AWS's managed policies. */
  readonly policies: readonly Policy[];
  /** Absent: the role has no permissions boundary. */
  readonly boundary?: Policy;
}

type Block = Readonly<Record<string, unknown>>;
interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

/** AWS's managed policies, as far as the operations of these tests ask for them. */
const AWS_MANAGED: Readonly<Record<string, Policy>> = {
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
  ReadOnlyAccess: allow([
    "apigateway:GET",
    "cloudformation:Get*",
    "dynamodb:BatchGet*",
    "dynamodb:Describe*",
    "dynamodb:Get*",
    "dynamodb:List*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ec2:Describe*",
    "ec2:Get*",
    "ecs:Describe*",
    "elasticloadbalancing:Describe*",
    "glue:Get*",
    "iam:Get*",
    "iam:List*",
    "kms:Describe*",
    "kms:Get*",
    "kms:List*",
    "lambda:Get*",
    "lambda:List*",
    "logs:FilterLogEvents",
    "logs:Get*",
    "rds:Describe*",
    "s3:Get*",
    "s3:List*",
    "sqs:ReceiveMessage",
    "ssm:Get*",
    "wafv2:Get*",
  ]),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
  PowerUserAccess: {
    Statement: [
      {
        Sid: "PowerUser",
        Effect: "Allow",
        NotAction: ["iam:*", "organizations:*", "account:*"],
        Resource: "*",
      },
      {
        Sid: "PowerUserReads",
        Effect: "Allow",
        Action: ["account:GetAccountInformation", "iam:ListRoles", "organizations:DescribeOrganization"],
        Resource: "*",
      },
    ],
  },
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
  "service-role/AmazonRDSEnhancedMonitoringRole": allow(
    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"],
    "arn:aws:logs:*:*:log-group:RDS*:log-stream:*",
  ),
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
  AmazonECSInfrastructureRolePolicyForLoadBalancers: allow([
    "elasticloadbalancing:Describe*",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RegisterTargets",
  ]),
};

function allow(actions: readonly string[], resource = "*"): Policy {
  return { Statement: [{ Sid: "AwsManaged", Effect: "Allow", Action: actions, Resource: resource }] };
}

/** Every policy of a synthesized stack that roles of other stacks may have as their boundary, by ARN. */
export function boundariesOf(text: string, account: string, region: string): ReadonlyMap<string, Policy> {
  const policies = Object.values((JSON.parse(text) as Stack).resource?.aws_iam_policy ?? {});
  return new Map(
    policies.map(({ name, policy }) => [
      `arn:aws:iam::${account}:policy/${String(name)}`,
      JSON.parse(standIns(String(policy), account, region)) as Policy,
    ]),
  );
}

/**
 * Every role of a synthesized stack, sorted by name, with stand-ins for what is known only after the apply.
 *
 * @param boundaries of `boundariesOf`; a role whose boundary is not among them is an error
 */
export function rolesOf(
  text: string,
  account: string,
  region: string,
  boundaries: ReadonlyMap<string, Policy> = new Map(),
): SynthesizedRole[] {
  const stack = JSON.parse(text) as Stack;
  const all = (type: string) => Object.entries(stack.resource?.[type] ?? {});
  const parse = (policy: unknown) => JSON.parse(standIns(String(policy), account, region)) as Policy;
  const attachedPolicy = (arn: string): Policy => {
    const own = /^\$\{aws_iam_policy\.(\w+|[\w-]+)\.arn\}$/.exec(arn)?.[1];
    const found = own
      ? all("aws_iam_policy").find(([id]) => id === own)?.[1].policy
      : all("aws_iam_policy").find(([, { name }]) => arn.endsWith(`:policy/${String(name)}`))?.[1].policy;
    if (found !== undefined) return parse(found);
    const managed = AWS_MANAGED[/^arn:aws:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? ""];
    if (!managed) throw new Error(`the policy ${arn} is unknown: add it to AWS_MANAGED`);
    return managed;
  };
  return all("aws_iam_role")
    .map(([id, role]) => {
      const mine = (type: string) =>
        all(type).flatMap(([, block]) => (String(block.role).includes(`aws_iam_role.${id}.`) ? [block] : []));
      const own = /^\$\{aws_iam_policy\.([\w-]+)\.arn\}$/.exec(String(role.permissions_boundary))?.[1];
      const ownPolicy = all("aws_iam_policy").find(([policyId]) => policyId === own)?.[1].policy;
      const boundary =
        ownPolicy === undefined ? boundaries.get(String(role.permissions_boundary)) : parse(ownPolicy);
      if (role.permissions_boundary !== undefined && !boundary) {
        throw new Error(`the boundary ${String(role.permissions_boundary)} is unknown`);
      }
      return {
        name: String(role.name),
        ...(boundary && { boundary }),
        trust: parse(role.assume_role_policy),
        policies: [
          ...mine("aws_iam_role_policy").map(({ policy }) => parse(policy)),
          ...mine("aws_iam_role_policy_attachment").map((block) => attachedPolicy(String(block.policy_arn))),
        ],
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What Terraform fills in after the apply, by resource type. `$${` is an IAM variable that Terraform hands on. */
function standIns(policy: string, account: string, region: string): string {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const filled = policy
    .replaceAll("$${", "\0")
    .replace(/\$\{aws_kms_key\.([\w-]+)\.arn\}/g, (_, id: string) => arn("kms", `key/${purposeOf(id)}`))
    .replace(/\$\{aws_iam_role\.([\w-]+)\.arn\}/g, (_, id: string) => `arn:aws:iam::${account}:role/${id}`)
    .replace(/\$\{aws_sqs_queue\.[\w-]+\.arn\}/g, reaperNames(account, region).deadLetterQueueArn)
    .replace(/\$\{aws_lambda_function\.[\w-]+\.arn\}/g, () => reaperNames(account, region).functionArn)
    .replace(
      /\$\{aws_db_instance\.[\w-]+\.master_user_secret\[0\]\.secret_arn\}/g,
      arn("secretsmanager", "secret:rds!db-master"),
    ) // prettier-ignore
    .replace(/\$\{aws_db_instance\.[\w-]+\.resource_id\}/g, "db-ABC");
  const unknown = /\$\{[^}]*\}/.exec(filled)?.[0];
  if (unknown !== undefined) throw new Error(`no stand-in for ${unknown}`);
  return filled.replaceAll("\0", "${");
}

/** What a key encrypts, from its id: `database`, `notifications`, `images`. */
function purposeOf(keyId: string): string {
  return keyId
    .replace(/_key_\w+$/, "")
    .split("_")
    .at(-1)!;
}

/**
 * The policy of an AWS managed key: everyone in the account who may use the service, through that service.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key,
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
 */
function managedKeyPolicy(service: string, region: string): Statement {
  return {
    Sid: `ManagedKeyOf${service}`,
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"],
    Resource: `arn:aws:kms:*:*:key/aws-${service}`,
    Condition: { StringEquals: { "kms:ViaService": `${service}.${region}.amazonaws.com` } },
  };
}

/**
 * What AWS decides about one request of a role: any explicit denial wins; a boundary must allow what the identity's
 * policies allow; and the policy of a key that belongs to AWS may allow it as well.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function decideFor(role: SynthesizedRole, request: Request, region: string): Decision {
  const identity = evaluate(role.policies, request);
  if (identity.kind === "denied") return identity;
  if (role.boundary) {
    const bounded = evaluate([role.boundary], request);
    if (bounded.kind !== "allowed") return bounded.kind === "denied" ? bounded : { kind: "implicitlyDenied" };
  }
  if (identity.kind === "allowed") return identity;
  const keys = ["dynamodb", "s3"].map((service) => managedKeyPolicy(service, region));
  return evaluate([{ Statement: keys }], request);
}
