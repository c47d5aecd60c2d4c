import type { Operation } from "./operation";
import type { WireRequest } from "./wire-request";

/** One AWS call on its way through the gateway. */
export interface Call extends WireRequest, Operation {
  readonly accountId: string;
  readonly region: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Passes a call on to moto. */
export type Forward = (call: Call) => Promise<Answer>;

/** A patch for one service: it may answer itself, change the request, or fix moto's answer. */
export type ServicePatch = (call: Call, forward: Forward) => Promise<Answer>;

export type JsonObject = { [key: string]: unknown };

export function jsonOf(message: { readonly body: Buffer }): JsonObject {
  const text = message.body.toString("utf8");
  return text ? (JSON.parse(text) as JsonObject) : {};
}

/** An answer in AWS JSON 1.1; 1.0 clients accept it as well. */
export function jsonAnswer(value: unknown, status = 200): Answer {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function xmlAnswer(text: string, status = 200): Answer {
  return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(text) };
}

/** The same answer with another body; its length is set when it is sent. */
export function withBody(answer: Answer, body: string): Answer {
  return { ...answer, body: Buffer.from(body) };
}

export function withJson(answer: Answer, value: unknown): Answer {
  return withBody(answer, JSON.stringify(value));
}

/** The same call with another body. */
export function withRequestBody(call: Call, body: string): Call {
  return { ...call, body: Buffer.from(body) };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

export function xmlEscape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
