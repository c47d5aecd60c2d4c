import type { Call, Forward, JsonObject } from "./call";
import { isSuccess, jsonOf } from "./call";
import type { Functions, Place } from "./functions";
import {
  answerOfValue,
  eventOf1,
  eventOf2,
  messageAnswer,
  type EndpointAnswer,
  type EndpointRequest,
} from "./http-event";
import { ownCall } from "./own-call";
import { takeRoute } from "./route";
import type { WireRequest } from "./wire-request";

/** What a request to a deployed API or a function URL came to. */
export interface EndpointResult extends EndpointAnswer {
  /** For the call log. */
  readonly service: "execute-api" | "lambda-url";
  readonly operation: string;
  readonly resource: string;
}

type Kind = "execute-api" | "lambda-url";

interface Target {
  readonly kind: Kind;
  readonly id: string;
  /** Path with its query, without what names the endpoint. */
  readonly path: string;
}

const HOST = /^([a-z0-9]+)\.(execute-api|lambda-url)\.[a-z0-9-]+\.(amazonaws\.com|on\.aws)(:\d+)?$/;

/** Whether a host name is that of an API's or a function's endpoint: no name server of anyone else answers for it. */
export function isEndpointHost(host: string): boolean {
  return HOST.test(host);
}

/** Address at which an endpoint is served on this machine. */
export function endpointUrl(host: string | undefined, kind: Kind, id: string): string {
  return `http://${host ?? "127.0.0.1"}/_aws/${kind}/${id}`;
}

/**
 * The endpoints that users of a deployed API call: `/_aws/execute-api/<id>/…` and `/_aws/lambda-url/<id>/…`, or with
 * the endpoint's own host name. As on AWS they need no credentials.
 */
export class Endpoints {
  private readonly places = new Map<string, Place>();
  private readonly functionByUrl = new Map<string, { place: Place; name: string; needsIam: boolean }>();

  constructor(private readonly functions: Functions) {}

  /** Notes to which account an API belongs. */
  knowsApi(id: string, { accountId, region }: Place): void {
    this.places.set(id, { accountId, region });
  }

  forgetApi(id: string): void {
    this.places.delete(id);
  }

  knowsUrl(id: string, { accountId, region }: Place, name: string, needsIam: boolean): void {
    this.functionByUrl.set(id, { place: { accountId, region }, name, needsIam });
  }

  forgetUrlOf(place: Place, name: string): void {
    for (const [id, one] of this.functionByUrl) {
      if (one.name === name && one.place.accountId === place.accountId) this.functionByUrl.delete(id);
    }
  }

  /** Answers a request to an endpoint; `undefined` when it is a call to AWS. */
  async answer(call: Call, forward: Forward): Promise<EndpointResult | undefined> {
    const target = targetOf(call);
    if (!target) return undefined;
    const [path = "/", search] = target.path.split(/\?(.*)/s);
    const wire: WireRequest = {
      ...call,
      path,
      rawQuery: search === undefined ? "" : `?${search}`,
      query: new URLSearchParams(search),
    };
    const { kind: service, id: resource } = target;
    const said = (operation: string, answer: EndpointAnswer) => ({ service, operation, resource, ...answer });
    if (service === "lambda-url") return said("Invoke", await this.answerUrl(resource, wire, forward));
    const place = this.places.get(resource);
    if (!place) return said(`${wire.method} ${path}`, messageAnswer(404, "Not Found"));
    const [operation, answer] = (await this.isRest(place, resource, forward))
      ? await this.answerRest(place, resource, wire, forward)
      : await this.answerHttp(place, resource, wire, forward);
    return said(operation, answer);
  }

  private async isRest(place: Place, id: string, forward: Forward): Promise<boolean> {
    return isSuccess(await forward(ownCall({ ...place, service: "apigateway", path: `/restapis/${id}` })));
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
  private async answerHttp(
    place: Place,
    apiId: string,
    wire: WireRequest,
    forward: Forward,
  ): Promise<[string, EndpointAnswer]> {
    const list = (what: string) => listed(place, `/v2/apis/${apiId}/${what}`, "items", forward);
    const [stages, routes, integrations] = await Promise.all([
      list("stages"),
      list("routes"),
      list("integrations"),
    ]);
    const isServed = ({ autoDeploy, deploymentId }: JsonObject) =>
      autoDeploy === true || Boolean(deploymentId);
    const live = stages.filter(isServed).map(({ stageName }) => String(stageName));
    const { stage, path } = stageOf(live, wire.path);
    const notFound = messageAnswer(404, "Not Found");
    if (stage === undefined) return [`${wire.method} ${wire.path}`, notFound];
    const taken = takeRoute(routes, ({ routeKey }) => String(routeKey), wire.method, path);
    if (!taken) return [`${wire.method} ${path}`, notFound];
    const routeKey = String(taken.route.routeKey);
    const integration = integrations.find(
      ({ integrationId }) => taken.route.target === `integrations/${String(integrationId)}`,
    );
    const uri = String(integration?.integrationUri ?? "");
    const format = integration?.payloadFormatVersion === "2.0" ? "2.0" : "1.0";
    const { pathParameters } = taken;
    const request = { wire, ...place, apiId, stage, path, routeKey, pathParameters };
    return [routeKey, await this.proxy(place, uri, request, format, forward)];
  }

  private async answerRest(
    place: Place,
    apiId: string,
    wire: WireRequest,
    forward: Forward,
  ): Promise<[string, EndpointAnswer]> {
    const list = (what: string) => listed(place, `/restapis/${apiId}/${what}`, "item", forward);
    const [stages, resources] = await Promise.all([list("stages"), list("resources?embed=methods")]);
    const names = stages.map(({ stageName }) => String(stageName));
    const [, stage = "", ...rest] = wire.path.split("/");
    if (!names.includes(stage)) return [`${wire.method} ${wire.path}`, messageAnswer(403, "Forbidden")];
    const path = `/${rest.join("/")}`;
    const methods = resources.flatMap((resource) =>
      Object.entries((resource.resourceMethods ?? {}) as Record<string, JsonObject>).map(([method, one]) => ({
        key: `${method} ${String(resource.path)}`,
        integration: (one.methodIntegration ?? {}) as JsonObject,
      })),
    );
    const taken = takeRoute(methods, ({ key }) => key, wire.method, path);
    // AWS takes a path without a method for a call that lacks a signature.
    if (!taken) return [`${wire.method} ${path}`, messageAnswer(403, "Missing Authentication Token")];
    const { key: routeKey, integration } = taken.route;
    const uri = String(integration.type === "AWS_PROXY" ? integration.uri : "");
    const { pathParameters } = taken;
    const request = { wire, ...place, apiId, stage, path, routeKey, pathParameters };
    return [routeKey, await this.proxy(place, uri, request, "1.0", forward)];
  }

  /** Only functions are integrated here; API Gateway says as little as this when one does not answer. */
  private async proxy(
    place: Place,
    uri: string,
    request: EndpointRequest,
    format: "1.0" | "2.0",
    forward: Forward,
  ): Promise<EndpointAnswer> {
    const { apiId, stage, routeKey, wire } = request;
    const failed = messageAnswer(format === "2.0" ? 500 : 502, "Internal server error");
    if (!uri.includes(":function:")) return failed;
    const [method, resource = ""] =
      routeKey === "$default" ? [wire.method, "/$default"] : routeKey.split(" ");
    const sourceArn = `arn:aws:execute-api:${place.region}:${place.accountId}:${apiId}/${stage}/${method}${resource}`;
    const asked = { action: "lambda:InvokeFunction", principal: "apigateway.amazonaws.com", sourceArn };
    if (!(await this.functions.permits(place, uri, asked, forward))) {
      return messageAnswer(500, "Internal Server Error");
    }
    const event = format === "2.0" ? eventOf2(request) : eventOf1(request);
    const called = await this.functions.callFrom(place, uri, event, forward);
    return (called && answerOfValue(called.value, format)) ?? failed;
  }

  private async answerUrl(id: string, wire: WireRequest, forward: Forward): Promise<EndpointAnswer> {
    const found = this.functionByUrl.get(id);
    if (!found) return messageAnswer(404, "Not Found");
    const { place, name, needsIam } = found;
    const asked = { action: "lambda:InvokeFunctionUrl", principal: "*" };
    const isSigned = wire.headers.authorization !== undefined;
    if (needsIam ? !isSigned : !(await this.functions.permits(place, name, asked, forward))) {
      return messageAnswer(403, "Forbidden");
    }
    const request = { wire, ...place, apiId: id, stage: "$default", path: wire.path };
    const event = eventOf2({ ...request, routeKey: "$default", pathParameters: {} });
    const called = await this.functions.callFrom(place, name, event, forward);
    return (called && answerOfValue(called.value, "2.0")) ?? messageAnswer(502, "Internal Server Error");
  }
}

function targetOf({ path, rawQuery, headers }: Call): Target | undefined {
  const own = /^\/_aws\/(execute-api|lambda-url)\/([^/]+)(\/.*)?$/.exec(path);
  if (own) return { kind: own[1] as Kind, id: own[2]!, path: (own[3] ?? "/") + rawQuery };
  const host = HOST.exec(headers.host ?? "");
  return host ? { kind: host[2] as Kind, id: host[1]!, path: path + rawQuery } : undefined;
}

/** A named stage is the first part of the path; `$default` has none. */
function stageOf(stages: readonly string[], path: string): { stage: string | undefined; path: string } {
  const [, first = "", ...rest] = path.split("/");
  if (first !== "" && stages.includes(first)) return { stage: first, path: `/${rest.join("/")}` };
  return { stage: stages.find((name) => name === "$default"), path };
}

async function listed(
  place: Place,
  path: string,
  property: string,
  forward: Forward,
): Promise<readonly JsonObject[]> {
  const answer = await forward(ownCall({ ...place, service: "apigateway", path }));
  return isSuccess(answer) ? ((jsonOf(answer)[property] ?? []) as JsonObject[]) : [];
}
