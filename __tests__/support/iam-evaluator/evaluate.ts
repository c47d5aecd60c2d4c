import { conditionsHold } from "./conditions";
import { listOf, type Decision, type Policy, type Request, type Statement } from "./policy";
import { matches, resolve } from "./text";

/**
 * What IAM decides about a request by the identity policies of one principal: an explicit deny wins, then an
 * allow, and what nobody allows is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly Policy[], request: Request): Decision {
  const applying = policies
    .flatMap((policy) => policy.Statement)
    .filter((statement) => applies(statement, request));
  const deny = applying.find(({ Effect }) => Effect === "Deny");
  if (deny) return { kind: "denied", by: deny.Sid ?? "a statement without sid" };
  const allow = applying.find(({ Effect }) => Effect === "Allow");
  return allow
    ? { kind: "allowed", by: allow.Sid ?? "a statement without sid" }
    : { kind: "implicitlyDenied" };
}

/** What a trust policy decides about a principal that wants to assume its role. */
export function evaluateTrust(policy: Policy, principalArn: string, request: Request): Decision {
  const named = policy.Statement.filter((statement) =>
    listOf(statement.Principal?.AWS).includes(principalArn),
  );
  // A trust policy has no resource: it is about its own role.
  const withResource = named.map((statement) => ({ ...statement, Resource: "*" }));
  return evaluate([{ Statement: withResource }], request);
}

export function applies(statement: Statement, request: Request): boolean {
  return (
    actionMatches(statement, request) &&
    resourceMatches(statement, request) &&
    conditionsHold(statement, request)
  );
}

function actionMatches({ Action, NotAction }: Statement, request: Request): boolean {
  const names = (list: readonly string[]) =>
    list.some((action) => matches(resolve(action, request) ?? [], request.action, true));
  return NotAction === undefined ? names(listOf(Action)) : !names(listOf(NotAction));
}

function resourceMatches({ Resource, NotResource }: Statement, request: Request): boolean {
  const names = (list: readonly string[]) =>
    list.some((pattern) => {
      const pieces = resolve(pattern, request);
      return pieces !== undefined && matches(pieces, request.resource);
    });
  return NotResource === undefined ? names(listOf(Resource)) : !names(listOf(NotResource));
}
