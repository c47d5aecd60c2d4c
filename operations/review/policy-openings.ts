import { isObject, type JsonObject } from "../../contract/json";
import { listOf } from "./lists";
import { parsed } from "./masking";
import { addressesOpening } from "./open-addresses";

/** What the policies in some values give to everyone, or of everything, each a clause. */
export function policyOpenings(values: JsonObject): string[] {
  const clauses = Object.entries(values).flatMap(([name, value]) => {
    const document = typeof value === "string" ? parsed(value) : undefined;
    const statements = isObject(document) ? listOf(document.Statement).filter(isObject) : [];
    return [
      ...(statements.some(isForEveryone)
        ? [name === "assume_role_policy" ? "anyone may assume it" : "its policy lets in anyone"]
        : []),
      ...(statements.some(isForTheWholeProvider) ? ["any identity of its provider may assume it"] : []),
      ...(statements.some(isOfEverything) ? ["its policy allows everything"] : []),
      ...(statements.some(isOfEverythingElse) ? ["its policy allows everything except what it names"] : []),
    ];
  });
  const allPolicies = [...listOf(values.policy_arn), ...listOf(values.managed_policy_arns)].map(String);
  const isAdministrator = allPolicies.some((arn) =>
    /:policy\/(AdministratorAccess|IAMFullAccess)$/.test(arn),
  );
  return [...new Set([...clauses, ...(isAdministrator ? ["it may give itself every right"] : [])])];
}

function isForEveryone({ Effect, Principal, Condition, NotPrincipal }: JsonObject): boolean {
  if (Effect !== "Allow" || narrows(Condition)) return false;
  if (NotPrincipal !== undefined) return true;
  const principals = isObject(Principal) ? Object.values(Principal).flatMap(listOf) : listOf(Principal);
  return principals.includes("*");
}

/**
 * A provider such as GitHub signs for every one of its users; only a claim beside the audience says whose run it is.
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
function isForTheWholeProvider({ Effect, Principal, Action, Condition }: JsonObject): boolean {
  const providers = isObject(Principal) ? listOf(Principal.Federated).map(String) : [];
  if (Effect !== "Allow" || !listOf(Action).includes("sts:AssumeRoleWithWebIdentity")) return false;
  if (!providers.some((provider) => provider.includes(":oidc-provider/"))) return false;
  const claims = isObject(Condition) ? Object.values(Condition).filter(isObject).flatMap(Object.entries) : [];
  return !claims.some(
    ([key, values]) =>
      !key.endsWith(":aud") && !listOf(values).some((value) => /^(\*|[a-z_]+:\*.*)$/.test(String(value))),
  );
}

/** A statement about the one who holds it: that of a key or a bucket names a principal. */
function isOfEverything(statement: JsonObject): boolean {
  return (
    isOfEveryResource(statement) &&
    listOf(statement.Action).some((action) => action === "*" || action === "*:*" || action === "iam:*")
  );
}

function isOfEverythingElse(statement: JsonObject): boolean {
  return isOfEveryResource(statement) && statement.NotAction !== undefined;
}

function isOfEveryResource({ Effect, Principal, Resource, Condition }: JsonObject): boolean {
  return (
    Effect === "Allow" && Principal === undefined && !narrows(Condition) && listOf(Resource).includes("*")
  );
}

/** Whether a condition keeps out more than a few: what everyone fulfils, or all but some, does not. */
function narrows(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      !isObject(keys) ||
      !Object.entries(keys).every(([key, values]) => isOpen(operator, key, listOf(values))),
  );
}

function isOpen(operator: string, key: string, values: readonly unknown[]): boolean {
  const texts = values.map(String);
  if (/^(ForA\w+:)?\w*Not/.test(operator)) return true;
  if (key.toLowerCase() === "aws:securetransport") return texts.includes("true");
  if (operator.startsWith("IpAddress")) return addressesOpening(texts).length > 0;
  return /Like/.test(operator) && texts.includes("*");
}
