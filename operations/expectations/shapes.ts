import { z } from "zod";
import { MAX_PRIORITY, VERSION_MOCK_ID } from "../../contract/expectations";
import {
  action,
  anyObject,
  body,
  delay,
  flag,
  matched,
  multiValues,
  object,
  oneOf,
  oneOrMore,
  port,
  scheme,
  singleValues,
  socketAddress,
  templateType,
  text,
  timeUnit,
  whole,
} from "./shape-parts";

/**
 * What MockServer 9 takes, for the parts that mocks are made of, in words that help. Whatever passes here is held against
 * MockServer's own schema as well (server-schema.ts), which decides.
 */

export const httpRequest = object({
  method: matched.optional(),
  path: matched.optional(),
  pathParameters: multiValues.optional(),
  queryStringParameters: multiValues.optional(),
  headers: multiValues.optional(),
  cookies: singleValues.optional(),
  body: body.optional(),
  secure: flag.optional(),
  keepAlive: flag.optional(),
  not: flag.optional(),
  respondBeforeBody: flag.optional(),
  originalBody: text.optional(),
  socketAddress: socketAddress.optional(),
  protocol: oneOf("HTTP_1_1", "HTTP_2", "HTTP_3").optional(),
  localAddress: text.optional(),
  remoteAddress: text.optional(),
  clientCertificateChain: z.array(anyObject, "an array").optional(),
  clientCertificate: object({
    subject: matched.optional(),
    issuer: matched.optional(),
    fingerprintSha256: matched.optional(),
  }).optional(),
  jwt: object({
    header: text.optional(),
    scheme: text.optional(),
    claims: z.record(z.string(), matched, "an object").optional(),
    issuer: matched.optional(),
    audience: matched.optional(),
    algorithm: matched.optional(),
  }).optional(),
});

const specUrlOrPayload = z.union([text, anyObject], "an OpenAPI document, as URL, text or object");

/** The other things that `httpRequest` of an expectation may be, by the key that tells them. */
export const REQUEST_KINDS: Readonly<Record<string, z.ZodType>> = {
  specUrlOrPayload: object({
    specUrlOrPayload,
    operationId: text.optional(),
    contextPathPrefix: text.optional(),
    not: flag.optional(),
  }),
  if: object({
    if: anyObject,
    then: anyObject.optional(),
    else: anyObject.optional(),
    not: flag.optional(),
  }),
  dnsName: anyObject,
  binaryData: anyObject,
};

/** A whole element of the file that makes expectations out of an OpenAPI document. */
export const openApiExpectation = object({
  specUrlOrPayload,
  operationsAndResponses: z.record(z.string(), z.unknown(), "an object").optional(),
  contextPathPrefix: text.optional(),
});

const STATUS = "a whole number from 100 to 999";
const statusCode = z.int(STATUS).min(100, STATUS).max(999, STATUS);

const httpResponse = object({
  statusCode: statusCode.optional(),
  statusCodeRange: text.optional(),
  reasonPhrase: text.optional(),
  headers: multiValues.optional(),
  cookies: singleValues.optional(),
  trailers: multiValues.optional(),
  body: body.optional(),
  generateFromSchema: text.optional(),
  connectionOptions: object({
    suppressContentLengthHeader: flag.optional(),
    contentLengthHeaderOverride: whole.optional(),
    suppressConnectionHeader: flag.optional(),
    chunkSize: whole.optional(),
    chunkDelay: delay.optional(),
    keepAliveOverride: flag.optional(),
    closeSocket: flag.optional(),
    closeSocketDelay: delay.optional(),
  }).optional(),
  recoverAfter: object({
    failTimes: whole.optional(),
    failResponse: z.looseObject({ statusCode: statusCode.optional() }, "a response").optional(),
    idempotencyHeader: text.optional(),
  }).optional(),
  ...action,
});

const httpForward = object({
  host: text.optional(),
  port: port.optional(),
  scheme: scheme.optional(),
  ...action,
});

const httpTemplate = object({
  templateType: templateType.optional(),
  template: text.optional(),
  templateFile: text.optional(),
  responseOverride: httpResponse.optional(),
  responseModifier: anyObject.optional(),
  ...action,
});

const httpClassCallback = object({ callbackClass: text.optional(), ...action });
const httpObjectCallback = object({
  clientId: text.optional(),
  responseCallback: flag.optional(),
  ...action,
});

const httpOverrideForwardedRequest = object({
  requestOverride: httpRequest.optional(),
  requestModifier: anyObject.optional(),
  responseOverride: httpResponse.optional(),
  responseModifier: anyObject.optional(),
  responseTemplate: httpTemplate.optional(),
  httpRequest: httpRequest.optional(),
  httpResponse: httpResponse.optional(),
  ...action,
});

/** What an expectation does; it needs at least one of these. */
export const ACTIONS = {
  httpResponse,
  httpResponses: z.array(httpResponse, "an array of responses").min(1, "at least one response"),
  httpResponseTemplate: httpTemplate,
  httpResponseClassCallback: httpClassCallback,
  httpResponseObjectCallback: httpObjectCallback,
  httpForward,
  httpForwardTemplate: httpTemplate,
  httpForwardClassCallback: httpClassCallback,
  httpForwardObjectCallback: httpObjectCallback,
  httpOverrideForwardedRequest,
  httpForwardValidateAction: object({
    specUrlOrPayload: text,
    host: text,
    port: port.optional(),
    scheme: scheme.optional(),
    validateRequest: flag.optional(),
    validateResponse: flag.optional(),
    validationMode: oneOf("STRICT", "LOG_ONLY").optional(),
    ...action,
  }),
  httpForwardWithFallback: object({
    httpForward,
    fallbackResponse: httpResponse,
    fallbackOnStatusCodes: z.array(whole, "an array of status codes").optional(),
    fallbackOnTimeout: flag.optional(),
    ...action,
  }),
  httpError: object({
    dropConnection: flag.optional(),
    responseBytes: text.optional(),
    streamError: whole.optional(),
    ...action,
  }),
  // The rarer ones are left to MockServer.
  httpSseResponse: anyObject,
  httpLlmResponse: anyObject,
  httpWebSocketResponse: anyObject,
  grpcStreamResponse: anyObject,
  grpcBidiResponse: anyObject,
  binaryResponse: anyObject,
  dnsResponse: anyObject,
  steps: z.array(anyObject, "an array of steps").min(1, "at least one step"),
} satisfies Readonly<Record<string, z.ZodType>>;

const ID = "a text that stays the same, at least one character";
const PRIORITY = `a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}`;
const PERCENT = "a whole number from 0 to 100";

/** What else an expectation may have. */
export const ATTRIBUTES = {
  id: z
    .string(ID)
    .min(1, ID)
    .refine((id) => id !== VERSION_MOCK_ID, "another id: the tasks use this one"),
  priority: z.int(PRIORITY).min(-MAX_PRIORITY, PRIORITY).max(MAX_PRIORITY, PRIORITY),
  percentage: z.int(PERCENT).min(0, PERCENT).max(100, PERCENT),
  times: object({ remainingTimes: whole.optional(), unlimited: flag.optional() }),
  timeToLive: object({
    timeUnit: timeUnit.optional(),
    timeToLive: whole.optional(),
    endDate: whole.optional(),
    unlimited: flag.optional(),
  }),
  beforeActions: oneOrMore(anyObject),
  afterActions: oneOrMore(anyObject),
  capture: oneOrMore(anyObject),
  chaos: anyObject,
  rateLimit: anyObject,
  namespace: text,
  scenarioName: text,
  scenarioState: text,
  newScenarioState: text,
  responseMode: oneOf("SEQUENTIAL", "RANDOM", "WEIGHTED", "SWITCH"),
  responseWeights: z.array(z.int("a weight from 1").min(1, "a weight from 1"), "an array of whole numbers"),
  switchAfter: z.int("a whole number from 1").min(1, "a whole number from 1"),
  crossProtocolScenarios: z.array(anyObject, "an array"),
  timestamp: text,
} satisfies Readonly<Record<string, z.ZodType>>;

/** Keys of an expectation, the usual ones first. */
export const EXPECTATION_KEYS: readonly string[] = [
  ...["id", "httpRequest"],
  ...Object.keys(ACTIONS),
  ...Object.keys(ATTRIBUTES).filter((key) => key !== "id"),
];

/** Keys of a typed body, `{ "type": "JSON", … }`; with any other key the object itself is the body. */
export const BODY_KEYS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    BINARY: ["base64Bytes", "contentType"],
    JSON: ["json", "contentType", "matchType"],
    JSON_SCHEMA: ["jsonSchema"],
    JSON_PATH: ["jsonPath"],
    PARAMETERS: ["parameters"],
    MULTIPART: ["fields", "filenames", "partContentTypes"],
    REGEX: ["regex"],
    FUZZY: ["fuzzy", "threshold", "ignoreCase"],
    STRING: ["string", "subString", "contentType"],
    XML: ["xml", "contentType"],
    XML_SCHEMA: ["xmlSchema"],
    XPATH: ["xpath"],
    JSON_RPC: ["method", "paramsSchema"],
    GRAPHQL: ["query", "operationName", "variablesSchema", "selectionSetMatchType", "fields", "schema"],
    FILE: ["filePath", "templateType", "contentType"],
    ALL_OF: ["bodyAllOf"],
  }).map(([type, keys]) => [type, ["type", "not", "optional", ...keys]]),
);
