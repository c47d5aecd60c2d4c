import type { Answer, Call, Forward } from "../../../local/gateway/call";
import { recognise } from "../../../local/gateway/operation";
import type { WireRequest } from "../../../local/gateway/wire-request";

/** A request as a client of the given service signs it. */
export function request(
  service: string,
  part: Partial<Omit<WireRequest, "body">> & { body?: string } = {},
): WireRequest {
  const [path = "/", search] = (part.path ?? "/").split("?");
  return {
    method: part.method ?? "POST",
    path,
    query: new URLSearchParams(search),
    rawQuery: search === undefined ? "" : `?${search}`,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, Signature=x`,
      ...part.headers,
    },
    body: Buffer.from(part.body ?? ""),
  };
}

export function json(service: string, operation: string, input: unknown, version = "1.1"): WireRequest {
  return request(service, {
    headers: {
      "x-amz-target": `Prefix_20120810.${operation}`,
      "content-type": `application/x-amz-json-${version}`,
    },
    body: JSON.stringify(input),
  });
}

export function form(service: string, parameters: Record<string, string>): WireRequest {
  return request(service, {
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams(parameters).toString(),
  });
}

export function call(wire: WireRequest): Call {
  return { ...wire, ...recognise(wire), accountId: "123456789012", region: "us-east-1" };
}

/** moto as a function: records what it is asked and answers with what `respond` returns. */
export function motoThat(respond: (call: Call) => unknown): {
  readonly forward: Forward;
  readonly asked: Call[];
} {
  const asked: Call[] = [];
  const forward: Forward = async (received) => {
    asked.push(received);
    const value = respond(received);
    const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
    return { status: 200, headers: {}, body };
  };
  return { forward, asked };
}

export const failing: Forward = async () => ({ status: 400, headers: {}, body: Buffer.from("{}") });

export function bodyOf(answer: Answer): unknown {
  return JSON.parse(answer.body.toString("utf8"));
}

export function textOf(answer: Answer): string {
  return answer.body.toString("utf8");
}
