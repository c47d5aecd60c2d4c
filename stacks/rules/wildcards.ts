import { mayBeWild } from "../../modules/iam/wildcards";
import type { TerraformResource } from "../../contract/terraform-json";
import { ofType, refersTo, type Rule } from "./rule";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly NotResource?: unknown;
}

const IDENTITY_POLICIES = [
  "aws_iam_policy",
  "aws_iam_role_policy",
  "aws_iam_user_policy",
  "aws_iam_group_policy",
];

/** Policies must list their actions and resources. `*` is allowed only where AWS supports nothing else. */
export const wildcards: Rule = function* (resources) {
  for (const { type, address, values: args } of ofType(resources, ...IDENTITY_POLICIES)) {
    const isBoundary = type === "aws_iam_policy" && !isAttached(address, resources);
    for (const statement of statementsOf(args.policy)) {
      if (statement.Effect !== "Allow") continue;
      const name = statement.Sid ?? "without Sid";
      if (statement.NotAction !== undefined || statement.NotResource !== undefined) {
        yield { address, message: `Statement ${name} allows by exception: list what it needs instead.` };
        continue;
      }
      const actions = listOf(statement.Action);
      const broad = actions.filter((action) => action.includes("*"));
      if (broad.length > 0 && !bounds(address, resources)) {
        yield {
          address,
          message: `Statement ${name} allows ${broad.join(", ")}: list the actions it needs.`,
        };
      }
      const unexplained = actions.filter((action) => !mayBeWild(statement.Sid, action));
      if (!isBoundary && listOf(statement.Resource).includes("*") && unexplained.length > 0) {
        yield {
          address,
          message: `Statement ${name} allows ${unexplained.join(", ")} on every resource: name them, or add the action with its reason to modules/iam/wildcards.ts.`,
        };
      }
    }
  }
};

/** A policy that nothing has attached grants nothing: it bounds roles. */
function isAttached(address: string, resources: readonly TerraformResource[]): boolean {
  return resources.some(
    ({ type, values: { policy_arn } }) =>
      type.endsWith("_policy_attachment") && refersTo(policy_arn, address),
  );
}

/** Of roles in this stack. */
function bounds(address: string, resources: readonly TerraformResource[]): boolean {
  return ofType(resources, "aws_iam_role").some(({ values }) =>
    refersTo(values.permissions_boundary, address),
  );
}

function statementsOf(policy: unknown): Statement[] {
  const { Statement } = JSON.parse(String(policy)) as { Statement: Statement | Statement[] };
  return Array.isArray(Statement) ? Statement : [Statement];
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
