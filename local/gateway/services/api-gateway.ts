import {
  isSuccess,
  jsonOf,
  withJson,
  type Answer,
  type Call,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { endpointUrl, type Endpoints } from "../endpoints";
import { awsErrorAnswer } from "../error-shape";
import { ownCall } from "../own-call";

/** HTTP APIs with an address on this machine, and what does not exist said as AWS says it. */
export function apiGateway(endpoints: Endpoints): ServicePatch {
  return async (call, forward) => {
    if (call.operation === "DeleteApi" || call.operation === "DeleteRestApi") {
      // moto deletes what does not exist.
      const { accountId, region, path } = call;
      const found = await forward(ownCall({ accountId, region, service: "apigateway", path }));
      if (!isSuccess(found)) return notFound(call);
      endpoints.forgetApi(call.resource);
      return forward(call);
    }
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "CreateApi":
      case "GetApi":
      case "UpdateApi": {
        const api = jsonOf(answer);
        endpoints.knowsApi(String(api.apiId), call);
        return withJson(answer, withLocalEndpoint(api, call));
      }
      case "GetApis": {
        const { items = [], ...rest } = jsonOf(answer) as { items?: JsonObject[] };
        return withJson(answer, { ...rest, items: items.map((api) => withLocalEndpoint(api, call)) });
      }
      case "CreateRestApi":
        endpoints.knowsApi(String(jsonOf(answer).id), call);
        return answer;
      default:
        return answer;
    }
  };
}

function withLocalEndpoint(api: JsonObject, { headers }: Call): JsonObject {
  return api.apiEndpoint === undefined
    ? api
    : { ...api, apiEndpoint: endpointUrl(headers.host, "execute-api", String(api.apiId)) };
}

function notFound(call: Call): Answer {
  const isRest = call.operation.includes("Rest");
  return awsErrorAnswer(call, {
    status: 404,
    code: "NotFoundException",
    message: isRest ? "Invalid API identifier specified" : `Unable to find Api by id ${call.resource}.`,
  });
}
