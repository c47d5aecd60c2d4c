/**
 * Expectations of every action and matcher type of MockServer, and what becomes of them when one part is spoilt.
 * Generated from a list of good ones, always in the same order.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonMap = Readonly<Record<string, Json>>;

export interface ExpectationCase {
  /** What was done to it. */
  readonly title: string;
  readonly expectation: JsonMap;
}

const answer: JsonMap = { statusCode: 200 };
const delay: JsonMap = { timeUnit: "MILLISECONDS", value: 5 };
const uniform: JsonMap = { distribution: { type: "UNIFORM", min: 1, max: 5 } };
const modifier: JsonMap = {
  headers: { add: { a: ["b"] }, replace: { c: ["d"] }, remove: ["e"] },
  cookies: { add: { a: "b" }, replace: { c: "d" }, remove: ["e"] },
};

const BODIES: Readonly<Record<string, Json>> = {
  text: "text",
  object: { a: 1 },
  array: [1, { a: 2 }],
  BINARY: { type: "BINARY", base64Bytes: "AQID", contentType: "application/octet-stream" },
  JSON: { type: "JSON", json: '{"a":1}', matchType: "STRICT" },
  "JSON of an object": { type: "JSON", json: { a: 1 } },
  JSON_SCHEMA: { type: "JSON_SCHEMA", jsonSchema: '{"type":"object"}' },
  "JSON_SCHEMA as an object": { type: "JSON_SCHEMA", jsonSchema: { type: "object", required: ["a"] } },
  JSON_PATH: { type: "JSON_PATH", jsonPath: "$.a" },
  PARAMETERS: { type: "PARAMETERS", parameters: { a: ["b"] } },
  MULTIPART: { type: "MULTIPART", fields: { a: ["b"] }, filenames: { a: ["c"] }, partContentTypes: {} },
  REGEX: { type: "REGEX", regex: "a+" },
  FUZZY: { type: "FUZZY", fuzzy: "text", threshold: 0.5, ignoreCase: true },
  STRING: { type: "STRING", string: "text", subString: true },
  "STRING, negated": { not: true, type: "STRING", string: "text", contentType: "text/plain" },
  XML: { type: "XML", xml: "<a/>" },
  XML_SCHEMA: {
    type: "XML_SCHEMA",
    xmlSchema: '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>',
  },
  XPATH: { type: "XPATH", xpath: "//a" },
  JSON_RPC: { type: "JSON_RPC", method: "add", paramsSchema: '{"type":"array"}' },
  GRAPHQL: {
    type: "GRAPHQL",
    query: "{ a }",
    operationName: "A",
    selectionSetMatchType: "AST_EXACT",
    fields: ["a"],
  },
  ALL_OF: { type: "ALL_OF", bodyAllOf: [{ type: "REGEX", regex: "a" }, "text"] },
};

const RESPONSE_BODIES: Readonly<Record<string, Json>> = Object.fromEntries(
  ["text", "object", "array", "BINARY", "JSON", "PARAMETERS", "STRING", "XML"].map((name) => [
    name,
    BODIES[name]!,
  ]),
);

const REQUESTS: Readonly<Record<string, JsonMap>> = {
  empty: {},
  "method and path": { method: "GET", path: "/a/{id}", pathParameters: { id: ["[0-9]+"] } },
  negated: { not: true, method: { not: true, value: "GET" }, path: { optional: true, value: "/a" } },
  "path by schema": { path: { schema: { type: "string", pattern: "^/a" } } },
  "query parameters": {
    queryStringParameters: {
      keyMatchStyle: "MATCHING_KEY",
      a: ["1"],
      b: "2",
      c: { parameterStyle: "FORM", values: ["3"] },
      d: [{ schema: { type: "integer" } }],
    },
  },
  "headers and cookies": {
    headers: [{ name: "a", values: ["b", { not: true, value: "c" }] }],
    cookies: { a: "b", c: { not: true, value: "d" } },
  },
  "cookies as a list": { cookies: [{ name: "a", value: "b" }] },
  connection: {
    secure: true,
    keepAlive: true,
    protocol: "HTTP_2",
    socketAddress: { host: "example.com", port: 80, scheme: "HTTPS" },
    localAddress: "a",
    remoteAddress: "b",
    originalBody: "AQID",
  },
  "client certificate": {
    clientCertificate: { subject: "CN=a", issuer: "CN=b", fingerprintSha256: "ab" },
    clientCertificateChain: [{ issuerDistinguishedName: "CN=a", serialNumber: "1" }],
  },
  jwt: { jwt: { header: "Authorization", scheme: "Bearer", claims: { sub: "a" }, issuer: "b", audience: "c", algorithm: "RS256" } }, // prettier-ignore
  "answered before its body": { path: "/a", respondBeforeBody: true },
  condition: { if: { path: "/a" }, then: { method: "GET" }, else: { method: "POST" } },
  DNS: { dnsName: "a.example", dnsType: "A", dnsClass: "IN" },
  binary: { binaryData: "AQID" },
};

const ACTIONS: Readonly<Record<string, JsonMap>> = {
  httpResponse: {
    httpResponse: {
      statusCode: 201,
      reasonPhrase: "Created",
      headers: { a: ["b"] },
      cookies: { a: "b" },
      trailers: { c: ["d"] },
      body: "text",
      delay,
      primary: true,
    },
  },
  "httpResponse with a connection": {
    httpResponse: {
      delay: { distribution: { type: "GAUSSIAN", mean: 5, stdDev: 1 } },
      connectionOptions: {
        suppressContentLengthHeader: true,
        contentLengthHeaderOverride: 5,
        suppressConnectionHeader: true,
        chunkSize: 3,
        chunkDelay: delay,
        keepAliveOverride: true,
        closeSocket: true,
        closeSocketDelay: { distribution: { type: "LOG_NORMAL", median: 5, p99: 9 } },
      },
      recoverAfter: { failTimes: 2, failResponse: { statusCode: 500 }, idempotencyHeader: "a" },
    },
  },
  "httpResponse by schema": {
    httpResponse: { statusCodeRange: "2XX", generateFromSchema: '{"type":"object"}' },
  },
  httpResponses: {
    httpResponses: [{ statusCode: 200 }, { statusCode: 500, delay: uniform }],
    responseMode: "WEIGHTED",
    responseWeights: [1, 2],
  },
  "httpResponses in turn": { httpResponses: [answer, answer], responseMode: "SWITCH", switchAfter: 2 },
  httpResponseTemplate: {
    httpResponseTemplate: {
      templateType: "VELOCITY",
      template: '{ "statusCode": 200 }',
      responseOverride: answer,
      responseModifier: {
        ...modifier,
        condition: { statusCode: 200, responseHasHeader: "a" },
        jsonPatch: [],
      },
      delay,
    },
  },
  "httpResponseTemplate in mustache": {
    httpResponseTemplate: {
      templateType: "MUSTACHE",
      template: "{}",
      responseModifier: { modifiers: [modifier] },
    },
  },
  httpResponseClassCallback: { httpResponseClassCallback: { callbackClass: "a.B", delay } },
  httpResponseObjectCallback: { httpResponseObjectCallback: { clientId: "a", responseCallback: true } },
  httpForward: { httpForward: { host: "example.com", port: 443, scheme: "HTTPS", delay } },
  httpForwardTemplate: { httpForwardTemplate: { templateType: "VELOCITY", template: "{}" } },
  httpForwardClassCallback: { httpForwardClassCallback: { callbackClass: "a.B" } },
  httpForwardObjectCallback: { httpForwardObjectCallback: { clientId: "a" } },
  httpOverrideForwardedRequest: {
    httpOverrideForwardedRequest: {
      requestOverride: { path: "/b", socketAddress: { host: "example.com", port: 80 } },
      requestModifier: {
        path: { regex: "/a", substitution: "/b" },
        queryStringParameters: modifier.headers!,
        ...modifier,
      },
      responseOverride: answer,
      responseModifier: modifier,
      responseTemplate: { templateType: "MUSTACHE", template: "{}" },
      delay,
    },
  },
  "httpOverrideForwardedRequest, old form": {
    httpOverrideForwardedRequest: { httpRequest: { path: "/b" }, httpResponse: answer },
  },
  httpForwardValidateAction: {
    httpForwardValidateAction: {
      specUrlOrPayload: '{"openapi":"3.0.0","info":{"title":"a","version":"1"},"paths":{}}',
      host: "example.com",
      port: 443,
      scheme: "HTTPS",
      validateRequest: true,
      validateResponse: false,
      validationMode: "LOG_ONLY",
      delay,
    },
  },
  httpForwardWithFallback: {
    httpForwardWithFallback: {
      httpForward: { host: "example.com" },
      fallbackResponse: answer,
      fallbackOnStatusCodes: [500],
      fallbackOnTimeout: true,
    },
  },
  httpError: { httpError: { dropConnection: true, responseBytes: "AQID", delay } },
  "httpError of a stream": { httpError: { streamError: 2 } },
  httpSseResponse: {
    httpSseResponse: {
      statusCode: 200,
      headers: { a: ["b"] },
      events: [{ event: "a", data: "b", id: "c", retry: 5, delay }],
      templateType: "VELOCITY",
      closeConnection: true,
    },
  },
  httpLlmResponse: {
    httpLlmResponse: {
      provider: "OPENAI",
      model: "a",
      completion: {
        text: "b",
        toolCalls: [{ id: "c", name: "d", arguments: "{}" }],
        stopReason: "stop",
        usage: { inputTokens: 1, outputTokens: 2 },
        streaming: true,
        streamingPhysics: { timeToFirstToken: delay, tokensPerSecond: 50, jitter: 0.5, seed: 1 },
      },
      conversationPredicates: { turnIndex: 0, latestMessageRole: "USER", normalization: { lowercase: true } },
      chaos: { errorStatus: 500, errorProbability: 0.5, truncateMode: "NONE" },
    },
  },
  "httpLlmResponse, other answers": {
    httpLlmResponse: {
      provider: "COHERE",
      embedding: { dimensions: 8, deterministicFromInput: true, seed: 1 },
      rerank: { topN: 2 },
      moderation: { flaggedCategories: ["a"] },
      contentFilter: { hate: "high" },
    },
  },
  httpWebSocketResponse: {
    httpWebSocketResponse: {
      subprotocol: "a",
      messages: [{ text: "b", delay }, { binary: "AQID" }],
      matchers: [{ frameType: "TEXT", textMatcher: "c", responses: [{ text: "d" }] }],
      templateType: "MUSTACHE",
      closeConnection: true,
    },
  },
  grpcStreamResponse: {
    grpcStreamResponse: {
      statusName: "OK",
      statusMessage: "a",
      headers: { b: ["c"] },
      messages: [{ json: "{}", delay }],
    },
  },
  grpcBidiResponse: {
    grpcBidiResponse: {
      statusName: "OK",
      messages: [{ json: "{}", templateType: "VELOCITY" }],
      rules: [{ matchJson: "a", responses: [{ json: "{}" }] }],
      closeConnection: true,
    },
  },
  binaryResponse: { binaryResponse: { binaryData: "AQID", delay } },
  dnsResponse: {
    dnsResponse: {
      responseCode: "NOERROR",
      answerRecords: [{ name: "a.example", type: "A", dnsClass: "IN", ttl: 60, value: "192.0.2.1" }],
      authorityRecords: [{ name: "a.example", type: "MX", priority: 1, value: "b.example" }],
      additionalRecords: [
        { name: "a.example", type: "SRV", weight: 1, port: 80, priority: 1, value: "b.example" },
      ],
    },
  },
  steps: {
    steps: [
      { httpRequest: { path: "/b", socketAddress: { host: "example.com" } } },
      { httpResponse: answer, responder: true },
    ],
  },
};

const ATTRIBUTES: Readonly<Record<string, JsonMap>> = {
  "how often": { priority: 10, percentage: 50, times: { remainingTimes: 3, unlimited: false } },
  "how long": { timeToLive: { timeUnit: "SECONDS", timeToLive: 60, unlimited: false } },
  "until when": { timeToLive: { endDate: 4_102_444_800_000 } },
  scenario: { scenarioName: "a", scenarioState: "b", newScenarioState: "c", namespace: "d" },
  "scenario by another protocol": {
    crossProtocolScenarios: [
      { trigger: "DNS_QUERY", matchPattern: "a", scenarioName: "b", targetState: "c" },
    ],
  },
  capture: { capture: [{ source: "jsonPath", expression: "$.a", into: "a" }] },
  "one capture": { capture: { source: "header", expression: "a", into: "b" } },
  chaos: {
    chaos: {
      errorStatus: 503,
      retryAfter: "5",
      errorProbability: 0.1,
      latency: uniform,
      failRequestCount: 1,
      malformedBody: true,
    },
  },
  "rate limit": {
    rateLimit: { name: "a", algorithm: "fixed_window", limit: 5, windowMillis: 1000, errorStatus: 429 },
  },
  "rate limit by tokens": {
    rateLimit: { algorithm: "token_bucket", burst: 5, refillPerSecond: 0.5, retryAfter: "1" },
  },
  "after actions": {
    afterActions: [{ httpRequest: { path: "/b" }, delay }, { httpClassCallback: { callbackClass: "a.B" } }],
  },
  "one before action": { beforeActions: { httpRequest: { path: "/b" } } },
  "delay by template": { httpResponse: { delay: { template: "5", templateType: "VELOCITY" } } },
};

const document = '{"openapi":"3.0.0","info":{"title":"a","version":"1"},"paths":{}}';
const early = { path: "/a", respondBeforeBody: true };
const byBody = (body: Json): JsonMap => ({ httpRequest: { body }, httpResponse: answer });
const bySchema = (jsonSchema: Json) => byBody({ type: "JSON_SCHEMA", jsonSchema });
const byXmlSchema = (xmlSchema: Json) => byBody({ type: "XML_SCHEMA", xmlSchema });
const withSteps = (...steps: JsonMap[]): JsonMap => ({ httpRequest: { path: "/a" }, steps });
const ofDocument = (specUrlOrPayload: Json): JsonMap => ({
  httpRequest: { specUrlOrPayload },
  httpResponse: answer,
});

/** What no single part decides, and what only a compiler of the part finds. */
const WHOLE: Readonly<Record<string, JsonMap>> = {
  "two actions": { httpResponse: answer, httpError: {} },
  "two actions, one of them primary": { httpResponse: answer, httpError: { primary: true } },
  "two primary actions": { httpResponse: { primary: true }, httpError: { primary: true } },
  "a response and a sequence": { httpResponse: answer, httpResponses: [answer] },
  "no action": { httpRequest: { path: "/a" } },
  "answered before its body, by body": { httpRequest: { ...early, body: "b" }, httpResponse: answer },
  "answered before its body, by template": {
    httpRequest: early,
    httpResponseTemplate: { templateType: "VELOCITY", template: "a" },
  },
  "forwarded before its body": { httpRequest: early, httpForward: { host: "example.com" } },
  "an error before its body": { httpRequest: early, httpError: {} },
  "steps without responder": withSteps({ httpResponse: answer }),
  "two responders": withSteps(
    { httpResponse: answer, responder: true },
    { httpResponse: answer, responder: true },
  ),
  "an error among steps": withSteps({ httpRequest: {} }, { httpError: {}, responder: true }),
  "a forward as step": withSteps({ httpForward: { host: "example.com" }, responder: true }),
  "an empty step": withSteps({}),
  "an OpenAPI document as text": ofDocument(document),
  "an OpenAPI document as object": ofDocument(JSON.parse(document) as JsonMap),
  "an OpenAPI document in YAML": ofDocument("openapi: 3.0.0\ninfo: { title: a, version: '1' }\npaths: {}\n"),
  "an OpenAPI document of version 2": ofDocument({ swagger: "2.0", paths: {} }),
  "an OpenAPI document elsewhere": ofDocument("file:///none/openapi.json"),
  "an OpenAPI document of nothing": ofDocument({}),
  "a JSON Schema of a later draft": bySchema({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
  }),
  "a JSON Schema of no draft": bySchema({ $schema: "none" }),
  "a JSON Schema with a pattern": bySchema({ pattern: "^(?i)a[0-9]++$" }),
  "a JSON Schema with a broken pattern": bySchema({ pattern: "[" }),
  "a JSON Schema with a broken limit": bySchema({ minimum: "a" }),
  "a JSON Schema by its key alone": byBody({ jsonSchema: "none" }),
  "a JSON Schema, type in lower case": byBody({ type: "json_schema", jsonSchema: "none" }),
  "a JSON Schema as array": bySchema([]),
  "an XML Schema that is cut off": byXmlSchema(
    '<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a"/>',
  ),
  "an XML Schema of another kind": byXmlSchema("<a/>"),
  "an XML Schema elsewhere": byXmlSchema("none.xsd"),
  "an XML Schema among others": byBody({
    type: "ALL_OF",
    bodyAllOf: [{ type: "XML_SCHEMA", xmlSchema: "a" }],
  }),
  "variables of GraphQL by no schema": byBody({ type: "GRAPHQL", query: "{ a }", variablesSchema: "none" }),
  "a path that is not a regular expression": { httpRequest: { path: "/[" }, httpResponse: answer },
  "a path by a broken pattern": { httpRequest: { path: { schema: { pattern: "[" } } }, httpResponse: answer },
  "a header with an object as name": {
    httpRequest: { headers: [{ name: {}, values: ["a"] }] },
    httpResponse: answer,
  },
  "a header without values": { httpRequest: { headers: [{ name: "a" }] }, httpResponse: answer },
  "names matched in no known way": {
    httpRequest: { headers: { keyMatchStyle: "NONE" } },
    httpResponse: answer,
  },
  "an empty content type": { httpResponse: { body: { type: "STRING", string: "a", contentType: "" } } },
  "a content type without a charset": {
    httpResponse: { body: { type: "STRING", string: "a", contentType: "text/plain; charset" } },
  },
  "a text that could be a matcher": { httpResponse: { body: { jsonSchema: "none", xmlSchema: "none" } } },
  "a condition in a condition": {
    httpRequest: { if: { if: { path: "/a" }, then: {} } },
    httpResponse: answer,
  },
  "a condition by DNS": { httpRequest: { if: { dnsName: "a" } }, httpResponse: answer },
  "a delay that is negative": {
    httpResponse: { delay: { distribution: { type: "UNIFORM", min: -1, max: 1 } } },
  },
  "an override of both forms": { httpOverrideForwardedRequest: { requestOverride: {}, httpRequest: {} } },
  "an empty limit": { httpResponse: answer, rateLimit: {} },
};

/** A good expectation: the part that makes its kind, and what it needs besides. */
interface Kind {
  readonly title: string;
  readonly part: JsonMap;
  readonly rest: JsonMap;
}

/** Every kind once. */
function kinds(): Kind[] {
  const httpRequest = { path: "/a" };
  const kindsOf = <T extends Json>(
    what: string,
    parts: Readonly<Record<string, T>>,
    kind: (part: T) => Omit<Kind, "title">,
  ) => Object.entries(parts).map(([name, part]) => ({ title: `${what} ${name}`, ...kind(part) }));
  return [
    ...kindsOf("request", REQUESTS, (part) => ({
      part: { httpRequest: part },
      rest: { httpResponse: answer },
    })),
    ...kindsOf("request body", BODIES, (body) => ({
      part: { httpRequest: { body } },
      rest: { httpResponse: answer },
    })),
    ...kindsOf("response body", RESPONSE_BODIES, (body) => ({
      part: { httpResponse: { body } },
      rest: { httpRequest },
    })),
    ...kindsOf("action", ACTIONS, (part) => ({ part, rest: { httpRequest } })),
    ...kindsOf("attribute", ATTRIBUTES, (part) => ({ part, rest: { httpRequest, httpResponse: answer } })),
  ];
}

/** Every case, each with an id of its own: the good ones, and each with one part spoilt. */
export function expectationCases(): ExpectationCase[] {
  const seen = new Set<string>();
  return kinds()
    .flatMap(({ title, part, rest }) =>
      [["good", part] as const, ...mutants(part, "")].map(([what, changed]) => ({
        title: `${title}: ${what}`,
        expectation: { ...rest, ...(changed as JsonMap) },
      })),
    )
    .concat(Object.entries(WHOLE).map(([title, expectation]) => ({ title, expectation })))
    .filter(({ expectation }) => {
      const text = JSON.stringify(expectation);
      return seen.has(text) ? false : seen.add(text);
    })
    .map(({ title, expectation }, i) => ({ title, expectation: { id: `case-${i}`, ...expectation } }));
}

/** A value with one part changed, at every place of it. */
function* mutants(value: Json, path: string): Iterable<readonly [what: string, value: Json]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      for (const [what, changed] of mutants(item, `${path}[${i}]`)) yield [what, value.with(i, changed)];
    yield [`${path} empty`, []];
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const at = path === "" ? key : `${path}.${key}`;
      const { [key]: _, ...others } = value as JsonMap;
      yield [`without ${at}`, others];
      for (const [what, changed] of mutants(inner, at)) yield [what, { ...value, [key]: changed }];
    }
    yield [`${path || "all"} with an unknown key`, { ...value, unknown: 1 }];
    if (path !== "") yield [`${path} a text`, "text"];
  }
  if (path === "") return;
  yield [`${path} null`, null];
  switch (typeof value) {
    case "string":
      yield [`${path} a number`, 1];
      yield [`${path} empty`, ""];
      yield [`${path} another word`, "OTHER"];
      yield [`${path} an object`, {}];
      break;
    case "number":
      for (const other of [-1, 0, 0.5, 99_999, 9_999_999_999, "1"] as const)
        yield [`${path} ${typeof other} ${other}`, other];
      break;
    case "boolean":
      yield [`${path} a text`, "true"];
      yield [`${path} a number`, 1];
      break;
    default:
      yield [`${path} a number`, 1];
  }
}
