import { sortKeys } from "../../contract/json";

/** One statement of an IAM policy, with its lists written out. */
export interface PolicyStatement {
  /** Name of the statement: letters and digits, once per document. */
  readonly sid: string;
  /** Default `Allow`. */
  readonly effect?: "Allow" | "Deny";
  /** At least one, for example `s3:GetObject`. */
  readonly actions: readonly string[];
  /** The actions are those that the statement is not about. For denials only. @default false */
  readonly allActionsBut?: true;
  /** At least one. Left out with `notResources`, and with `principals` in a trust policy, which has no resource. */
  readonly resources?: readonly string[];
  /** Everything but these. For denials only: an allowance of it would grow with every new service. */
  readonly notResources?: readonly string[];
  /** Values by kind: `{ Service: ["ecs-tasks.amazonaws.com"] }`, or `{ AWS: ["*"] }` for everyone. */
  readonly principals?: Readonly<Record<string, readonly string[]>>;
  /** Values by key by operator: `{ StringEquals: { "aws:SourceAccount": ["111122223333"] } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The JSON of a policy, the same bytes for the same statements. It is a literal, so a plan shows what
 * changes in it; IAM variables such as `${aws:PrincipalTag/team}` are escaped for Terraform.
 *
 * An empty list is refused here because AWS refuses it only at the apply, with "MalformedPolicyDocument".
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @throws Error when there is no statement, a `sid` is malformed or used twice, or a list is empty
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  if (statements.length === 0)
    throw new Error("A policy needs at least one statement, none was given. Leave the policy out instead.");
  const seen = new Set<string>();
  for (const statement of statements) {
    check(statement);
    if (seen.has(statement.sid))
      throw new Error(`Policy statement "${statement.sid}" is given twice. Give each statement its own sid.`);
    seen.add(statement.sid);
  }
  return escapeTemplate(JSON.stringify({ Version: "2012-10-17", Statement: statements.map(rendered) }));
}

/**
 * Writes `${` as `$${`, so that Terraform hands it on instead of evaluating it. The placeholders that cdktf
 * itself puts into strings are left alone: they become references.
 */
export function escapeTemplate(text: string): string {
  return text.replace(/(?<!\$)\$\{(?!TfToken\[)/g, () => "$${");
}

function check(statement: PolicyStatement): void {
  const { sid, effect, actions, resources, notResources, principals, conditions } = statement;
  if (!/^[0-9A-Za-z]+$/.test(sid))
    throw new Error(`Policy statement sid "${sid}" is malformed: use letters and digits only.`);
  const refuse = (list: string): never => {
    throw new Error(
      `Policy statement "${sid}" has no ${list}: name at least one, or leave the statement out.`,
    );
  };
  if (actions.length === 0) refuse("actions");
  const named = resources ?? notResources;
  if (named?.length === 0 || (named === undefined && principals === undefined)) refuse("resources");
  if (notResources !== undefined && (effect !== "Deny" || resources !== undefined)) {
    throw new Error(
      `Policy statement "${sid}" has notResources, which is for a Deny without resources: name the resources.`,
    );
  }
  if (statement.allActionsBut && effect !== "Deny") {
    throw new Error(`Policy statement "${sid}" has allActionsBut, which is for a Deny: name the actions.`);
  }
  if (principals !== undefined) {
    const kinds = Object.entries(principals);
    if (kinds.length === 0) refuse("principals");
    for (const [kind, values] of kinds) if (values.length === 0) refuse(`principals of kind "${kind}"`);
  }
  for (const [operator, keys] of Object.entries(conditions ?? {}))
    for (const [key, values] of Object.entries(keys))
      if (values.length === 0) refuse(`values for condition ${operator} "${key}"`);
}

function rendered(statement: PolicyStatement): Readonly<Record<string, unknown>> {
  const { sid, effect = "Allow", principals, actions, resources, notResources, conditions } = statement;
  return {
    Sid: sid,
    Effect: effect,
    Principal: principals && sortKeys(principals),
    ...(statement.allActionsBut ? { NotAction: actions } : { Action: actions }),
    Resource: resources,
    NotResource: notResources,
    Condition:
      conditions &&
      sortKeys(
        Object.fromEntries(Object.entries(conditions).map(([operator, keys]) => [operator, sortKeys(keys)])),
      ),
  };
}
