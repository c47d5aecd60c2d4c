import { xmlAnswer, xmlEscape, type Answer } from "./call";
import { cborErrorBody } from "./cbor";
import type { Operation } from "./operation";

export type ErrorKind = "throttling" | "accessDenied" | "expiredToken" | "internal";

export interface AwsError {
  readonly status: number;
  readonly code: string;
  /** The code in the protocol that the service had before JSON, which SDKs of that time know. */
  readonly queryCode?: string;
  readonly message: string;
}

/** An AWS error as the called service would send it: status, code and envelope follow its protocol. */
export function errorAnswer(
  call: Pick<Operation, "protocol" | "service" | "operation">,
  kind: ErrorKind,
): Answer {
  return awsErrorAnswer(call, describe(call, kind));
}

/** Any AWS error in the envelope of the call's protocol. */
export function awsErrorAnswer(call: Pick<Operation, "protocol" | "service">, error: AwsError): Answer {
  const { status, code, queryCode, message } = error;
  const type = status >= 500 ? "Receiver" : "Sender";
  const inner = `<Code>${code}</Code><Message>${xmlEscape(message)}</Message>`;
  switch (call.protocol) {
    case "json-1.0":
    case "json-1.1":
      return {
        status,
        headers: {
          "content-type": `application/x-amz-${call.protocol}`,
          "x-amzn-errortype": code,
          ...(queryCode !== undefined && { "x-amzn-query-error": `${queryCode};${type}` }),
        },
        body: Buffer.from(JSON.stringify({ __type: code, message })),
      };
    case "rest-json":
      return {
        status,
        headers: { "content-type": "application/json", "x-amzn-errortype": code },
        body: Buffer.from(JSON.stringify({ message })),
      };
    case "ec2":
      return xmlAnswer(
        `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${REQUEST_ID}</RequestID></Response>`,
        status,
      );
    case "query":
      return xmlAnswer(errorResponse(type, inner), status);
    case "rest-xml":
      return call.service === "route53"
        ? xmlAnswer(errorResponse(type, inner), status)
        : xmlAnswer(`<Error>${inner}<RequestId>${REQUEST_ID}</RequestId></Error>`, status);
    case "cbor":
      return {
        status,
        headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
        body: cborErrorBody(code, message),
      };
  }
}

/**
 * The same answer, or an AWS error instead of the page in HTML that moto sends where it knows no such operation or
 * fails: a client would only say that the page is no JSON.
 */
export function saidByAws(
  call: Pick<Operation, "protocol" | "service" | "operation">,
  answer: Answer,
): Answer {
  const isPage =
    answer.status >= 400 && /^\s*<!doctype html/i.test(answer.body.subarray(0, 64).toString("latin1"));
  if (!isPage) return answer;
  const operation = `${call.service}:${call.operation}`;
  return answer.status === 404
    ? awsErrorAnswer(call, {
        status: 501,
        code: "NotImplemented",
        message: `The local AWS does not have ${operation}.`,
      })
    : awsErrorAnswer(call, {
        status: answer.status,
        code: "InternalFailure",
        message: `The local AWS failed at ${operation}, or does not have it.`,
      });
}

const REQUEST_ID = "00000000-0000-4000-8000-000000000000";

function errorResponse(type: string, inner: string): string {
  return `<ErrorResponse><Error><Type>${type}</Type>${inner}</Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`;
}

function describe(call: Pick<Operation, "protocol" | "service" | "operation">, kind: ErrorKind): AwsError {
  const json = call.protocol.startsWith("json") || call.protocol === "rest-json" || call.protocol === "cbor";
  switch (kind) {
    case "throttling":
      return throttling(call);
    case "accessDenied": {
      const message = `not authorized to perform: ${call.service}:${call.operation}`;
      if (call.protocol === "ec2") return { status: 403, code: "UnauthorizedOperation", message };
      return { status: json ? 400 : 403, code: json ? "AccessDeniedException" : "AccessDenied", message };
    }
    case "expiredToken": {
      const message = "The security token included in the request is expired";
      if (call.protocol === "ec2") return { status: 400, code: "RequestExpired", message };
      if (call.service === "s3") return { status: 400, code: "ExpiredToken", message };
      return { status: json ? 400 : 403, code: json ? "ExpiredTokenException" : "ExpiredToken", message };
    }
    case "internal":
      return {
        status: 500,
        code: json ? "InternalServerException" : "InternalError",
        message: "Internal error",
      };
  }
}

function throttling({ protocol, service }: Pick<Operation, "protocol" | "service">): AwsError {
  const message = "Rate exceeded";
  if (service === "tagging") return { status: 400, code: "ThrottledException", message };
  if (service === "lambda" || service === "apigateway") {
    return { status: 429, code: "TooManyRequestsException", message };
  }
  switch (protocol) {
    case "ec2":
      return { status: 503, code: "RequestLimitExceeded", message: "Request limit exceeded." };
    case "query":
      return { status: 400, code: "Throttling", message };
    case "rest-xml":
      return service === "route53"
        ? { status: 400, code: "Throttling", message }
        : { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
    case "rest-json":
      return { status: 429, code: "ThrottlingException", message };
    case "json-1.0":
    case "json-1.1":
    case "cbor":
      return { status: 400, code: "ThrottlingException", message };
  }
}
