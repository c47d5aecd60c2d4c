import { counted } from "../../contract/text";
import type { Draft } from "./draft";
import { blocks, strings, text, type Block, type Resource, type Stack } from "./stack";
import { masterSecret } from "./workloads";

/** What actions mean, the most specific first; other services get no arrow. */
const VERBS: readonly { readonly action: RegExp; readonly verb: string }[] = [
  { action: /^(s3|dynamodb):.*(Put|Delete|Update|Write|\*)/, verb: "writes" },
  { action: /^(s3|dynamodb):.*(Get|List|Query|Scan|Check|\*)/, verb: "reads" },
  { action: /^logs:(Put|Create)/, verb: "logs" },
  { action: /^secretsmanager:Get/, verb: "reads" },
  { action: /^ecr:(BatchGet|GetDownload)/, verb: "pulls" },
  { action: /^kms:/, verb: "uses" },
  { action: /^sns:Publish/, verb: "notifies" },
  { action: /^sqs:Send/, verb: "sends" },
  { action: /^sqs:Receive/, verb: "receives" },
  { action: /^lambda:Invoke/, verb: "invokes" },
  { action: /^rds-db:connect/, verb: "signs in" },
  { action: /^sts:AssumeRole/, verb: "assumes" },
];

/** IAM: one box for all roles, and an arrow per permission from whatever has the role. */
export function drawGrants(stack: Stack, draft: Draft): void {
  const policies = stack
    .ofType("aws_iam_role_policy", "aws_iam_role_policy_attachment")
    .map((policy) => ({ policy, role: stack.resolve(policy.block.role, "aws_iam_role") }))
    .flatMap(({ policy, role }) =>
      role === undefined ? [] : [{ role, statements: allowed(stack, policy) }],
    );
  const assumed = new Set(
    policies.flatMap(({ statements }) => statements.flatMap((s) => assumedRoles(stack, s))),
  );
  drawRoles(stack, draft, assumed);
  for (const { role, statements } of policies) {
    const holders = assumed.has(role) ? [draft.ownerOf(role)!] : holdersOf(stack, draft, role);
    for (const statement of statements) {
      for (const { to, label } of targetsOf(stack, draft, statement)) {
        for (const from of holders) draft.edge({ from, to, kind: "grant", label });
      }
    }
  }
}

function allowed(stack: Stack, policy: Resource): Block[] {
  const { block: args } =
    policy.type === "aws_iam_role_policy" ? policy : (stack.resolve(policy.block.policy_arn) ?? policy);
  return blocks(args.policy)
    .flatMap((document) => blocks(document.Statement))
    .filter(({ Effect }) => Effect === "Allow");
}

function assumedRoles(stack: Stack, { Action, Resource: target }: Block): Resource[] {
  if (!strings(Action ?? null).includes("sts:AssumeRole")) return [];
  return strings(target ?? null)
    .flatMap((arn) => stack.resolve(arn) ?? [])
    .filter(({ type }) => type === "aws_iam_role");
}

/** A role that another role of the stack assumes gets its own box; nothing else would show its permissions. */
function drawRoles(stack: Stack, draft: Draft, assumed: ReadonlySet<Resource>): void {
  const managedOf = (role: Resource) =>
    stack
      .ofType("aws_iam_role_policy_attachment")
      .filter(({ block }) => stack.resolve(block.role) === role)
      .map(({ block }) => stack.resolve(block.policy_arn));
  for (const role of assumed) {
    const id = draft.node({
      of: [role],
      kind: "role",
      title: "IAM role",
      name: text(role.block.name),
      lines: [text(role.block.description)].filter(Boolean),
      container: draft.home()!,
    });
    draft.claim(managedOf(role), id);
  }
  const roles = stack.ofType("aws_iam_role").filter((role) => !assumed.has(role));
  if (roles.length === 0) return;
  const id = draft.node({
    id: "roles",
    of: roles,
    kind: "role",
    title: roles.length === 1 ? "IAM role" : counted(roles.length, "IAM role"),
    name: "",
    lines: roles.map(({ block }) => text(block.name)),
    container: draft.home()!,
  });
  for (const role of roles) draft.claim(managedOf(role), id);
}

/** Boxes of whatever runs with the role. A network (flow logs) does not count. */
function holdersOf(stack: Stack, draft: Draft, role: Resource): string[] {
  const users = stack.referringTo(role).filter(({ type }) => !type.startsWith("aws_iam_"));
  return [...new Set(users.flatMap((user) => draft.ownerOf(user) ?? []))].filter((id) => draft.hasNode(id));
}

function targetsOf(stack: Stack, draft: Draft, statement: Block): { to: string; label: string }[] {
  const actions = strings(statement.Action ?? null);
  const verbs = VERBS.filter(({ action }) => actions.some((name) => action.test(name)));
  return strings(statement.Resource ?? null).flatMap((arn) => {
    const target = stack.resolve(arn);
    if (target === undefined) return [];
    const to = arn.includes(".master_user_secret") ? masterSecret(target) : draft.ownerOf(target);
    if (to === undefined || !draft.hasNode(to)) return [];
    return verbs.map(({ verb }) => ({ to, label: verb }));
  });
}
