import { isSuccess, jsonOf, withJson, type JsonObject, type ServicePatch } from "../call";
import { endpointUrl, type Endpoints } from "../endpoints";
import { functionName } from "../functions";

const URLS = new Set(["CreateFunctionUrlConfig", "GetFunctionUrlConfig", "UpdateFunctionUrlConfig"]);

/** Function URLs with an address on this machine. */
export function functionUrls(endpoints: Endpoints): ServicePatch {
  return async (call, forward) => {
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    const name = functionName(call.resource);
    if (call.operation === "DeleteFunctionUrlConfig" || call.operation === "DeleteFunction") {
      endpoints.forgetUrlOf(call, name);
    }
    if (!URLS.has(call.operation)) return answer;
    const body = jsonOf(answer) as JsonObject & { FunctionUrl?: string; AuthType?: string };
    const id = /^https?:\/\/([a-z0-9]+)\./.exec(body.FunctionUrl ?? "")?.[1];
    if (id === undefined) return answer;
    endpoints.knowsUrl(id, call, name, body.AuthType === "AWS_IAM");
    return withJson(answer, { ...body, FunctionUrl: `${endpointUrl(call.headers.host, "lambda-url", id)}/` });
  };
}
