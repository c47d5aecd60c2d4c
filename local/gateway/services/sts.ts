import { isSuccess, type Answer, type Call, type Forward, type JsonObject, type ServicePatch } from "../call";
import { awsErrorAnswer } from "../error-shape";
import { formOf } from "../operation";
import { ownCall } from "../own-call";

/**
 * Roles that are assumed must exist, and their trust policy's external id must be given. Nothing else of a trust policy
 * is looked at here.
 */
export function sts(): ServicePatch {
  return async (call, forward) => {
    if (call.operation !== "AssumeRole") return forward(call);
    const form = formOf(call);
    const arn = form?.get("RoleArn") ?? "";
    const trust = await trustOf(arn, call, forward);
    const given = form?.get("ExternalId") ?? undefined;
    return trust && trust.some((statement) => admits(statement, given)) ? forward(call) : denied(call, arn);
  };
}

async function trustOf(arn: string, { region }: Call, forward: Forward): Promise<JsonObject[] | undefined> {
  const [, accountId, path = ""] = /^arn:[\w-]+:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
  if (accountId === undefined) return undefined;
  const form = { Action: "GetRole", Version: "2010-05-08", RoleName: path.split("/").at(-1)! };
  const answer = await forward(ownCall({ accountId, region, service: "iam", form }));
  if (!isSuccess(answer)) return undefined;
  const document = /<AssumeRolePolicyDocument>([^<]*)</.exec(answer.body.toString("utf8"))?.[1] ?? "";
  const { Statement = [] } = JSON.parse(decodeURIComponent(document)) as {
    Statement?: JsonObject | JsonObject[];
  };
  return [Statement].flat();
}

function admits({ Effect, Condition }: JsonObject, given: string | undefined): boolean {
  if (Effect !== "Allow") return false;
  const wanted = Object.values((Condition ?? {}) as Record<string, Record<string, string | string[]>>)
    .flatMap((keys) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() === "sts:externalid")
    .map(([, values]) => [values].flat());
  return wanted.every((values) => given !== undefined && values.includes(given));
}

function denied(call: Call, arn: string): Answer {
  return awsErrorAnswer(call, {
    status: 403,
    code: "AccessDenied",
    message: `User: arn:aws:iam::${call.accountId}:root is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  });
}
