import { isObject, type JsonObject } from "../../contract/json";
import { listOf } from "./lists";
import { parsed } from "./masking";

/** What the policies in some values give to everyone, or of everything, each a clause. */
export function policyOpenings(values: JsonObject): string[] {
  const clauses = Object.entries(values).flatMap(([name, value]) => {
    const document = typeof value === "string" ? parsed(value) : undefined;
    const statements = isObject(document) ? listOf(document.Statement).filter(isObject) : [];
    return [
      ...(statements.some(isForEveryone)
        ? [name === "assume_role_policy" ? "anyone may assume it" : "its policy lets in anyone"]
        : []),
      ...(statements.some(isOfEverything) ? ["its policy allows everything"] : []),
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

/** A statement about the one who holds it: that of a key or a bucket names a principal. */
function isOfEverything({ Effect, Principal, Action, Resource, Condition }: JsonObject): boolean {
  return (
    Effect === "Allow" &&
    Principal === undefined &&
    !narrows(Condition) &&
    listOf(Action).some((action) => action === "*" || action === "*:*" || action === "iam:*") &&
    listOf(Resource).includes("*")
  );
}

/** Whether a condition keeps anyone out: one that every value fulfils does not. */
function narrows(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      !/Like|^IpAddress$/.test(operator) ||
      !isObject(keys) ||
      !Object.values(keys).every((values) => listOf(values).some((value) => ANYTHING.has(String(value)))),
  );
}

const ANYTHING: ReadonlySet<string> = new Set(["*", "0.0.0.0/0", "::/0"]);
