import { isSuccess, jsonOf, withJson, type Answer, type JsonObject, type ServicePatch } from "../call";

/** What a caller sets on a function, moto drops, and GetFunction returns on AWS. */
const REMEMBERED = ["DeadLetterConfig", "LoggingConfig"] as const;

/** Remembers what moto drops of a function's configuration. */
export function lambda(): ServicePatch {
  const byName = new Map<string, JsonObject>();
  return async (call, forward) => {
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "CreateFunction":
      case "UpdateFunctionConfiguration": {
        const input = jsonOf(call);
        const name = nameOf(String(input.FunctionName ?? call.resource));
        const set = Object.entries(input).filter(([key]) =>
          REMEMBERED.some((remembered) => remembered === key),
        );
        const before = call.operation === "CreateFunction" ? {} : byName.get(name);
        byName.set(name, { ...before, ...Object.fromEntries(set) });
        return withConfiguration(answer, byName.get(name));
      }
      case "GetFunction":
      case "GetFunctionConfiguration":
        return withConfiguration(answer, byName.get(nameOf(call.resource)));
      case "DeleteFunction":
        byName.delete(nameOf(call.resource));
        return answer;
      default:
        return answer;
    }
  };
}

function withConfiguration(answer: Answer, remembered: JsonObject = {}): Answer {
  const body = jsonOf(answer);
  const configuration = body.Configuration as JsonObject | undefined;
  return withJson(
    answer,
    configuration
      ? { ...body, Configuration: { ...configuration, ...remembered } }
      : { ...body, ...remembered },
  );
}

/** A function is addressed by name or by ARN. */
function nameOf(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
