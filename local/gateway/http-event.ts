import type { OutgoingHttpHeaders } from "node:http";
import { randomUUID } from "node:crypto";
import type { WireRequest } from "./wire-request";

/** A request on its way to a function, and where it came in. */
export interface EndpointRequest {
  readonly wire: WireRequest;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  /** Path without the stage. */
  readonly path: string;
  /** `GET /users/{id}` or `$default`. */
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** An HTTP answer, of which `set-cookie` may occur more than once. */
export interface EndpointAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The event of an HTTP API or a function URL, payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventOf2(request: EndpointRequest, now = new Date()): object {
  const { wire, accountId, apiId, stage, path, routeKey, pathParameters } = request;
  const { cookie, ...headers } = headersOf(wire);
  const query = Object.fromEntries(
    [...new Set(wire.query.keys())].map((key) => [key, wire.query.getAll(key).join(",")]),
  );
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: wire.rawQuery.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId,
      apiId,
      domainName: wire.headers.host,
      domainPrefix: apiId,
      http: {
        method: wire.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: wire.headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage,
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...bodyOf(wire),
  };
}

/**
 * The event of a REST API, and of an HTTP API with payload format 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function eventOf1(request: EndpointRequest, now = new Date()): object {
  const { wire, accountId, apiId, stage, path, routeKey, pathParameters } = request;
  const resource = routeKey.split(" ").at(-1);
  const keys = [...new Set(wire.query.keys())];
  const orNull = (values: Readonly<Record<string, unknown>>) =>
    Object.keys(values).length > 0 ? values : null;
  const { body = null, isBase64Encoded } = bodyOf(wire) as { body?: string; isBase64Encoded: boolean };
  const headers = headersOf(wire);
  return {
    version: "1.0",
    resource,
    path,
    httpMethod: wire.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]])),
    queryStringParameters: orNull(
      Object.fromEntries(keys.map((key) => [key, wire.query.getAll(key).at(-1)])),
    ),
    multiValueQueryStringParameters: orNull(
      Object.fromEntries(keys.map((key) => [key, wire.query.getAll(key)])),
    ),
    pathParameters: orNull(pathParameters),
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      httpMethod: wire.method,
      identity: { sourceIp: "127.0.0.1", userAgent: wire.headers["user-agent"] ?? "" },
      path: `/${stage}${path}`,
      protocol: "HTTP/1.1",
      requestId: randomUUID(),
      requestTimeEpoch: now.getTime(),
      resourcePath: resource,
      stage,
    },
    body,
    isBase64Encoded,
  };
}

/** What a function's value becomes; `undefined` when a format that demands a `statusCode` got none. */
export function answerOfValue(value: unknown, format: "1.0" | "2.0"): EndpointAnswer | undefined {
  const isObject = typeof value === "object" && value !== null;
  if (!isObject || !("statusCode" in value)) {
    if (format === "1.0") return undefined;
    const body = typeof value === "string" ? value : JSON.stringify(value);
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
  }
  const { statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded } = value as {
    statusCode: number | string;
    headers?: Record<string, unknown>;
    multiValueHeaders?: Record<string, unknown[]>;
    cookies?: string[];
    body?: unknown;
    isBase64Encoded?: boolean;
  };
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const lower = (all: Record<string, unknown> = {}) =>
    Object.entries(all).map(([key, one]): [string, string | string[]] => [
      key.toLowerCase(),
      Array.isArray(one) ? one.map(String) : String(one),
    ]);
  const text =
    typeof body === "string" ? body : body === undefined || body === null ? "" : JSON.stringify(body);
  return {
    status,
    headers: {
      "content-type": format === "2.0" ? "text/plain;charset=utf-8" : "application/json",
      ...Object.fromEntries(lower(headers)),
      ...Object.fromEntries(lower(multiValueHeaders)),
      ...(cookies && { "set-cookie": cookies }),
    },
    body: Buffer.from(text, isBase64Encoded ? "base64" : "utf8"),
  };
}

/** An answer of API Gateway itself. */
export function messageAnswer(status: number, message: string): EndpointAnswer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ message })),
  };
}

function headersOf({ headers }: WireRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !["connection", "keep-alive", "transfer-encoding"].includes(name),
    ),
  );
}

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)|[^;]*\+(json|xml))/;

function bodyOf({ headers, body }: WireRequest): object {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT.test(headers["content-type"] ?? "text/plain");
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}
