import { sortKeys } from "../../contract/json";

/** A statement of an IAM policy. */
export interface PolicyStatement {
  /** Letters and digits, unique in the document. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** At least one, for example `s3:GetObject`. */
  readonly actions: readonly string[];
  /** Applies the statement to all actions except these. Only for `Deny`. @default false */
  readonly allActionsBut?: true;
  /** At least one. Omit it with `notResources` and in trust policies. */
  readonly resources?: readonly string[];
  /** All resources except these. Only for `Deny`. */
  readonly notResources?: readonly string[];
  /** Values by kind: `{ Service: ["ecs-tasks.amazonaws.com"] }`, or `{ AWS: ["*"] }` for everyone. */
  readonly principals?: Readonly<Record<string, readonly string[]>>;
  /** Values by key by operator: `{ StringEquals: { "aws:SourceAccount": ["111122223333"] } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The JSON of a policy. It is a literal, so that plans show changes. IAM variables such as
 * `${aws:PrincipalTag/team}` are escaped for Terraform.
 *
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @throws Error if there is no statement, a `sid` is malformed or a duplicate, or a list is empty, which AWS would
 *   reject only at apply
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  if (statements.length === 0)
    throw new Error("The policy has no statements. Add at least one or omit the policy.");
  const seen = new Set<string>();
  for (const statement of statements) {
    check(statement);
    if (seen.has(statement.sid))
      throw new Error(`Policy statement "${statement.sid}" is a duplicate. Give each statement its own sid.`);
    seen.add(statement.sid);
  }
  return escapeTemplate(JSON.stringify({ Version: "2012-10-17", Statement: statements.map(rendered) }));
}

/**
 * Escapes `${` as `$${`, so that Terraform does not evaluate it. cdktf's own tokens are not escaped.
 */
export function escapeTemplate(text: string): string {
  return text.replace(/(?<!\$)\$\{(?!TfToken\[)/g, () => "$${");
}

function check(statement: PolicyStatement): void {
  const { sid, effect, actions, resources, notResources, principals, conditions } = statement;
  if (!/^[0-9A-Za-z]+$/.test(sid))
    throw new Error(`Policy statement sid "${sid}" is malformed: use letters and digits only.`);
  const refuse = (list: string): never => {
    throw new Error(`Policy statement "${sid}" has no ${list}: add at least one or remove the statement.`);
  };
  if (actions.length === 0) refuse("actions");
  const named = resources ?? notResources;
  if (named?.length === 0 || (named === undefined && principals === undefined)) refuse("resources");
  if (notResources !== undefined && (effect !== "Deny" || resources !== undefined)) {
    throw new Error(
      `Policy statement "${sid}" has notResources, which is only for a Deny without resources: use resources.`,
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
