import { storeLimits } from "../../../contract/mockserver-memory";
import { TASK_SIZES, type TaskSize } from "../../../contract/fargate";
import { checkExpectations } from "../../../operations/expectations/check";
import { countFindings, formatFinding, formatFindings } from "../../../operations/expectations/finding";

const greeting = {
  id: "greeting",
  httpRequest: { method: "GET", path: "/greeting" },
  httpResponse: { statusCode: 200, body: { message: "hello" } },
};

const check = (value: unknown, size?: TaskSize) =>
  checkExpectations(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), size);

/** Findings as `severity path: given | allowed | fix`. */
const said = (value: unknown, size?: TaskSize) =>
  check(value, size).findings.map(
    ({ severity, where, given, allowed, fix }) => `${severity} ${where}: ${given} | ${allowed} | ${fix}`,
  );

it("has nothing to say about good files", () => {
  const good = [
    greeting,
    {
      id: "t",
      httpRequest: { path: "/t" },
      httpResponseTemplate: { templateType: "VELOCITY", template: "{}" },
    },
    {
      id: "f",
      httpRequest: { path: "/f" },
      httpForward: { host: "example.com", port: 443, scheme: "HTTPS" },
    },
    {
      id: "everything",
      priority: 5,
      percentage: 50,
      times: { remainingTimes: 2 },
      timeToLive: { timeUnit: "SECONDS", timeToLive: 60 },
      httpRequest: {
        method: { not: true, value: "GET" },
        path: "/users/{id}",
        pathParameters: { id: [{ schema: { type: "string", pattern: "^[0-9]+$" } }] },
        queryStringParameters: [{ name: "page", values: ["1"] }],
        headers: { Accept: ["application/json"], "X-One": "1", keyMatchStyle: "MATCHING_KEY" },
        cookies: { session: { not: true, value: "old" } },
        body: { type: "JSON_SCHEMA", jsonSchema: { type: "object" } },
        secure: true,
      },
      httpResponse: {
        statusCode: 999,
        headers: [{ name: "X-A", values: ["1", "2"] }],
        cookies: { a: "b" },
        body: ["an", "array"],
        delay: { timeUnit: "MILLISECONDS", value: 20 },
        connectionOptions: { closeSocket: true },
      },
    },
    {
      id: "o",
      httpRequest: { path: "/o" },
      httpOverrideForwardedRequest: { requestOverride: { socketAddress: { host: "example.com", port: 80 } } },
    },
    { id: "e", httpRequest: {}, priority: -1, httpError: { dropConnection: true } },
    { id: "spec", httpRequest: { specUrlOrPayload: "openapi: 3.0.0" }, httpResponse: {} },
    { id: "if", httpRequest: { if: { path: "/a" }, then: { method: "GET" } }, httpResponse: {} },
    { specUrlOrPayload: { openapi: "3.0.0" }, operationsAndResponses: { listPets: "200" } },
  ];
  expect(said(good)).toEqual([]);
  expect(check(good).expectations).toHaveLength(good.length);
  expect(said("[]")).toEqual([]);
});

describe("the file as a whole", () => {
  it.each([
    [greeting, "error : one object | an array of expectations | put [ and ] around it"],
    ["null", "error : null | an array of expectations | write [] for no mocks"],
    ["7", "error : 7 | an array of expectations | write [] for no mocks"],
  ])("must be an array", (value, message) => expect(said(value)).toEqual([message]));

  it("must be JSON, and shows where it is not", () => {
    const { findings, expectations } = check('[\n  { "id": "a", }\n]');
    expect(expectations).toEqual([]);
    expect(findings.map((finding) => formatFinding("mocks.json", finding))).toEqual([
      `error: mocks.json:2:16
  given:   
      { "id": "a", }
                   ^
  allowed: JSON
  fix:     remove the "," after the last value`,
    ]);
  });

  it("must be UTF-8", () => {
    const { findings } = checkExpectations(Uint8Array.from([0x5b, 0xff, 0x5d]));
    expect(findings.map(({ given, fix }) => [given, fix])).toEqual([
      ["bytes that are not UTF-8", "save the file as UTF-8"],
    ]);
  });

  it("is not read when it is too large", () => {
    const { findings } = checkExpectations(Buffer.alloc(256 * 1024 * 1024 + 1));
    expect(findings.map(({ given, allowed, fix }) => [given, allowed, fix])).toEqual([
      ["more than 256 MiB", "at most 256 MiB in one file", "leave expectations out"],
    ]);
  });

  it.each([
    ["", "an empty file | an array of expectations | write [] for no mocks"],
    [" \n ", "an empty file | an array of expectations | write [] for no mocks"],
    [
      "\uFEFF[]",
      "a byte order mark | JSON in UTF-8 without a byte order mark | save the file as UTF-8 without BOM",
    ],
  ])("holds something, and that in front: %j", (text, fault) =>
    expect(said(text)).toEqual([`error : ${fault}`]),
  );
});

/** An expectation with one part spoilt, and what is said about it. */
const FAULTS: readonly (readonly [element: unknown, ...messages: readonly string[]])[] = [
  [
    5,
    "error [0]: 5 | an expectation: { id, httpRequest, httpResponse … } | write expectations only into the array",
  ],
  [
    { ...greeting, httpResponse: { statusCode: 1000 } },
    "error [0].httpResponse.statusCode: 1000 | a whole number from 100 to 999 | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: { statusCode: 99 } },
    "error [0].httpResponse.statusCode: 99 | a whole number from 100 to 999 | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: { statusCode: "200" } },
    'error [0].httpResponse.statusCode: "200" | a whole number from 100 to 999 | write it without quotes: 200',
  ],
  [
    { ...greeting, httpResponse: undefined, httpResponses: [{ statusCode: 200 }, { statusCode: 42 }] },
    "error [0].httpResponses[1].statusCode: 42 | a whole number from 100 to 999 | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: { headers: { "X-Id": 5 } } },
    'error [0].httpResponse.headers["X-Id"]: 5 | a text, or an array of texts | write it as text: "5"',
  ],
  [
    { ...greeting, httpResponse: { headers: { "X Id": "5" } } },
    'error [0].httpResponse.headers["X Id"]: "X Id" | a name without spaces | write what is allowed',
  ],
  [
    { ...greeting, httpRequest: { path: 7 } },
    'error [0].httpRequest.path: 7 | a text, or { not, optional, value, schema } | write it as text: "7"',
  ],
  [
    { ...greeting, httpRequest: { path: { valu: "/" } } },
    'error [0].httpRequest.path.valu: "valu" (a key that MockServer refuses) | one of not, optional, value, schema, parameterStyle | did you mean "value"?',
  ],
  [
    { ...greeting, httpRequest: { secure: "true" } },
    'error [0].httpRequest.secure: "true" | true or false | write it without quotes: true',
  ],
  [
    { ...greeting, httpResponse: { body: null } },
    "error [0].httpResponse.body: null | a text, an object or an array | take it out, or write a value",
  ],
  [
    { ...greeting, httpRespons: {} },
    'error [0].httpRespons: "httpRespons" (a key that MockServer refuses) | one of id, httpRequest, httpResponse, httpResponses, httpResponseTemplate, httpResponseClassCallback, httpResponseObjectCallback, httpForward, httpForwardTemplate, httpForwardClassCallback, httpForwardObjectCallback, httpOverrideForwardedRequest and 29 others | did you mean "httpResponse"?',
  ],
  [
    { ...greeting, httpResponse: { delay: { timeUnit: "minutes", value: 1 } } },
    'error [0].httpResponse.delay.timeUnit: "minutes" | one of DAYS, HOURS, MINUTES, SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS | write "MINUTES"',
  ],
  [
    { ...greeting, id: 5 },
    'error [0].id: 5 | a text that stays the same, at least one character | write it as text: "5"',
  ],
  [
    { ...greeting, id: "" },
    'error [0].id: "" | a text that stays the same, at least one character | write what is allowed',
  ],
  [
    { ...greeting, percentage: 101 },
    "error [0].percentage: 101 | a whole number from 0 to 100 | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: undefined, httpForwardWithFallback: { httpForward: { host: "a.example" } } },
    "error [0].httpForwardWithFallback.fallbackResponse: nothing | an object | add it",
  ],
  [
    { id: "a", httpRequest: {} },
    'error [0]: only id, httpRequest | what to do as well: one of httpResponse, httpResponses, httpResponseTemplate, httpResponseClassCallback, httpResponseObjectCallback, httpForward, httpForwardTemplate, httpForwardClassCallback, httpForwardObjectCallback, httpOverrideForwardedRequest, httpForwardValidateAction, httpForwardWithFallback and 9 others | add an action, for example "httpResponse": { "statusCode": 200 }',
  ],
  [
    { ...greeting, httpError: {} },
    'error [0]: httpResponse and httpError | one action, or exactly one that is marked as primary | keep one, or write "primary": true into the one that answers',
  ],
  [{ ...greeting, httpError: { primary: true } }],
  [
    { ...greeting, id: "automock-version" },
    'error [0].id: "automock-version" | another id: the tasks use this one | write what is allowed',
  ],
  [
    { ...greeting, priority: 20_001 },
    "error [0].priority: 20001 | a whole number from -20000 to 20000 | write what is allowed",
  ],
  [
    { ...greeting, httpRequest: { path: "/a", respondBeforeBody: true, body: "b" } },
    "error [0].httpRequest.respondBeforeBody: true, with a matcher of the body | no body: it has not arrived yet when the request is matched | remove one of the two",
  ],
  [
    { ...greeting, httpResponse: undefined, steps: [{ httpResponse: {} }] },
    'error [0].steps: 0 steps with "responder": true | exactly one: it answers | write "responder": true into the step that answers',
  ],
  [
    { ...greeting, httpRequest: { body: { type: "XML_SCHEMA", xmlSchema: "<a/>" } } },
    'error [0].httpRequest.body.xmlSchema: "<a/>" | an XML Schema: <schema xmlns="http://www.w3.org/2001/XMLSchema"> | write what is allowed',
  ],
  [
    { ...greeting, httpRequest: { body: { type: "JSON_SCHEMA", jsonSchema: { pattern: "[" } } } },
    'error [0].httpRequest.body.jsonSchema.pattern: "[" | a regular expression | write what is allowed',
  ],
  [
    { ...greeting, httpRequest: { headers: [{ name: {}, values: ["a"] }] } },
    "error [0].httpRequest.headers[0].name: {} | a name | add the name",
  ],
  [
    { ...greeting, httpRequest: { specUrlOrPayload: "https://example.com/api.yaml" } },
    'error [0].httpRequest.specUrlOrPayload: "https://example.com/api.yaml" | an OpenAPI 3 document, as an object or as text, with its openapi version | write the document itself here: a task loads neither addresses nor files',
  ],
  [
    { ...greeting, httpResponse: { connectionOptions: { chunkSize: 9_999_999_999 } } },
    "error [0].httpResponse.connectionOptions.chunkSize: 9999999999 | a number up to 2147483647 | write what is allowed",
  ],
  [
    { ...greeting, capture: [{ source: "nowhere", expression: "$", into: "x" }] },
    'error [0].capture[0].source: "nowhere" | one of jsonPath, xpath, header, queryStringParameter, cookie, pathParameter | write what is allowed',
  ],
  [
    { ...greeting, rateLimit: { limit: "5" } },
    'error [0].rateLimit.limit: "5" | a whole number | write what is allowed',
  ],
  [
    { ...greeting, afterActions: [{ httpRequest: {}, zz: 1 }] },
    'error [0].afterActions[0].zz: "zz" (a key that MockServer refuses) | one of httpRequest, httpClassCallback, httpObjectCallback, delay, blocking, timeout, failurePolicy | remove it',
  ],
  [
    { ...greeting, chaos: { errorProbability: 2 } },
    "error [0].chaos.errorProbability: 2 | a number up to 1 | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: { body: { id: Number("12345678901234567890") } } },
    "warning [0].httpResponse.body.id: 12345678901234567000 | a number of more than 15 digits, which the tasks round | write the body as text",
  ],
  [
    { ...greeting, id: undefined },
    'warning [0]: no id | a push that changes it replaces it: it loses its place and what is left of its times | add an "id"',
  ],
  [
    { ...greeting, httpRequest: undefined },
    'warning [0]: no httpRequest | it answers every request that nothing before it answers | add "httpRequest", {} if that is meant',
  ],
  [
    { ...greeting, httpResponse: undefined, httpResponseObjectCallback: { clientId: "x" } },
    "warning [0].httpResponseObjectCallback: httpResponseObjectCallback | it needs a client that is connected, which a file has none of | take a template",
  ],
  [
    { ...greeting, httpResponse: undefined, httpForwardClassCallback: { callbackClass: "a.B" } },
    "warning [0].httpForwardClassCallback: httpForwardClassCallback | MockServer's image holds no classes of yours | take a template",
  ],
  [
    { ...greeting, httpResponse: undefined, httpResponseTemplate: { templateFile: "a.vm" } },
    'warning [0].httpResponseTemplate.templateFile: "a.vm" | a task holds no such file | write the "template" here',
  ],
  [
    { ...greeting, httpResponse: { body: { type: "JSON", jsn: "{}" } } },
    'warning [0].httpResponse.body.jsn: "jsn" (no key of a body of type JSON) | the whole object is then the body, type and all; keys are type, not, optional, json, contentType, matchType | did you mean "json"?',
  ],
  [{ ...greeting, httpResponse: { body: { type: "SALE", anything: 1 } } }],
  [
    {
      ...greeting,
      httpRequest: { body: { type: "PARAMETERS", parameters: { a: ["b", null], c: [{ value: "d" }, {}] } } },
    },
    "error [0].httpRequest.body.parameters.a[1]: null | a text | write what is allowed",
    "error [0].httpRequest.body.parameters.c[1]: {} | a text | write what is allowed",
  ],
  [
    { ...greeting, httpRequest: { body: { type: "PARAMETERS", parameters: [{ name: "a", values: [1] }] } } },
    "error [0].httpRequest.body.parameters[0].values[0]: 1 | a text | write what is allowed",
  ],
  [
    { ...greeting, httpRequest: { body: { type: "JSON_RPC", method: 1 } } },
    "error [0].httpRequest.body.method: 1 | a text | write what is allowed",
  ],
  [
    { ...greeting, httpResponse: { body: { type: "FILE", filePath: "a.json" } } },
    'warning [0].httpResponse.body: {"type":"FILE","filePath":"a.json"} | a task holds no such file | write the body into the expectation',
  ],
  [
    { specUrlOrPayload: { openapi: "3.0.0" }, operationsAndRespones: {} },
    'error [0].operationsAndRespones: "operationsAndRespones" (a key that MockServer refuses) | one of specUrlOrPayload, operationsAndResponses, contextPathPrefix | did you mean "operationsAndResponses"?',
  ],
];

it.each(FAULTS)("says what is wrong with %j", (element, ...messages) => {
  expect(said([element])).toEqual(messages);
});

const forwarding: Readonly<Record<string, (host: string) => unknown>> = {
  "httpForward.host": (host) => ({ httpForward: { host } }),
  "httpForwardWithFallback.httpForward.host": (host) => ({
    httpForwardWithFallback: { httpForward: { host }, fallbackResponse: {} },
  }),
  "httpForwardValidateAction.host": (host) => ({
    httpForwardValidateAction: { specUrlOrPayload: "x", host },
  }),
  "httpOverrideForwardedRequest.requestOverride.socketAddress.host": (host) => ({
    httpOverrideForwardedRequest: { requestOverride: { socketAddress: { host } } },
  }),
  "steps[0].httpForward.host": (host) => ({ steps: [{ httpForward: { host }, responder: true }] }),
};

describe.each(Object.entries(forwarding))("forwarding by %s", (path, action) => {
  const element = (host: string) => [{ id: "f", httpRequest: {}, ...(action(host) as object) }];

  it.each([
    "localhost",
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.9",
    "169.254.170.2",
    "[::1]",
    "fd00::1",
    "::ffff:10.0.0.1",
  ])("into a private network is refused: %s", (host) =>
    expect(said(element(host))).toEqual([
      `error [0].${path}: "${host}" | a public host: the tasks do not forward into private networks (theirs, and the VPC's) | name a public host, or answer with httpResponse`,
    ]),
  );

  it.each(["example.com", "172.32.0.1", "11.0.0.1", "10.example.com", "2001:db8::1", "999.1.1.1"])(
    "to a public host is not: %s",
    (host) => expect(said(element(host))).toEqual([]),
  );
});

describe("between expectations", () => {
  it("an id is used once", () => {
    const other = { ...greeting, httpRequest: { path: "/other" } };
    expect(said([greeting, other])).toEqual([
      'error [1].id: "greeting" | an id that no other expectation has; [0] has it too | rename one of the two',
    ]);
  });

  it("the same matcher twice hides the second, whatever the order of its keys", () => {
    const hidden = { ...greeting, id: "b", httpRequest: { path: "/greeting", method: "GET" } };
    expect(said([greeting, hidden])).toEqual([
      'warning [1].httpRequest: the same matcher as [0] | [0] answers, this one never does | make the matchers differ, or give the one that answers "times" or a lower "priority"',
    ]);
    expect(said([greeting, { ...hidden, priority: 1 }])[0]).toContain("warning [0].httpRequest: the same matcher as [1]"); // prettier-ignore
  });

  it.each([
    { times: { remainingTimes: 1 } },
    { timeToLive: { timeUnit: "DAYS", timeToLive: 1 } },
    { percentage: 50 },
    { scenarioName: "order", scenarioState: "paid" },
    { namespace: "team-a" },
  ])("unless the first does not answer for ever: %j", (limit) => {
    expect(
      said([
        { ...greeting, ...limit },
        { ...greeting, id: "b" },
      ]),
    ).toEqual([]);
  });
});

describe("the size", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: `${i}`,
      httpRequest: { path: `/${i}` },
      httpResponse: {},
    }));
  const limit = (name: keyof typeof TASK_SIZES) => storeLimits(TASK_SIZES[name]).maxExpectations;

  it("of a stack decides how many there may be", () => {
    const most = limit("small");
    expect(said(many(most), TASK_SIZES.small)).toEqual([]);
    expect(said(many(most + 1), TASK_SIZES.small)).toEqual([
      `error : ${most + 1} expectations | at most ${most}, which the stack's tasks keep | take a larger size, or leave expectations out`,
    ]);
    expect(said(many(most + 1), TASK_SIZES.medium)).toEqual([]);
  });

  it("when it is not known, warns of what the smallest refuses, and refuses what the largest does", () => {
    const [least, most] = [limit("small"), limit("xlarge")];
    expect(said(many(least + 1))).toEqual([
      `warning : ${least + 1} expectations | tasks of size small keep ${least} and refuse the file | take a larger size, or leave expectations out`,
    ]);
    expect(said(many(most + 1))).toEqual([
      `error : ${most + 1} expectations | at most ${most}, which tasks of any size keep | leave expectations out`,
    ]);
    expect(said(many(most + 1), TASK_SIZES.xlarge)[0]).toMatch(/ \| leave expectations out$/);
  });

  it("decides how large the file may be", () => {
    const file = (mebibytes: number) => [
      { ...greeting, httpResponse: { body: "x".repeat(mebibytes * 1024 * 1024) } },
    ];
    expect(said(file(3), TASK_SIZES.small)).toEqual([]);
    expect(said(file(4), TASK_SIZES.small)).toEqual([
      "error : 4.0 MiB | at most 3.2 MiB, which the stack's tasks keep | take a larger size, or leave expectations out",
    ]);
    expect(said(file(4))).toEqual([
      "warning : 4.0 MiB | tasks of size small keep 3.2 MiB and refuse the file | take a larger size, or leave expectations out",
    ]);
  });
});

it("says a duplicate key", () => {
  expect(said('[{ "id": "a", "httpRequest": {}, "httpResponse": {}, "id": "b" }]')).toEqual([
    'error [0].id: the duplicate key "id" | each key once | keep one; readers would take the last and forget the first',
  ]);
});

it("shows findings in the order of the file, with line and column, all errors at once", () => {
  const { findings } = check(
    '[\n  { "id": "a", "httpRequest": {}, "httpResponse": { "statusCode": 1 } },\n  7\n]',
  );
  expect(formatFindings("mocks.json", findings)).toBe(`error: mocks.json:2:53: [0].httpResponse.statusCode
  given:   1
  allowed: a whole number from 100 to 999
  fix:     write what is allowed

error: mocks.json:3:3: [1]
  given:   7
  allowed: an expectation: { id, httpRequest, httpResponse … }
  fix:     write expectations only into the array`);
  expect(countFindings(findings)).toBe("2 errors, 0 warnings");
});

it("shows the first five of the same kind", () => {
  const { findings } = check(
    Array.from({ length: 8 }, (_, i) => ({ httpRequest: { path: `/${i}` }, httpResponse: {} })),
  );
  expect(findings).toHaveLength(8);
  const text = formatFindings("mocks.json", findings);
  expect(text.match(/no id/g)).toHaveLength(5);
  expect(text).toContain("\n\nand 3 more of the same kinds; --json lists all of them");
  expect(formatFinding("mocks.json", findings[0]!)).toContain(
    "  means:   a push that changes it replaces it",
  );
});

it("keys that every object has by itself are keys that MockServer does not know", () => {
  const element = '{"id":"a","constructor":{},"__proto__":{"x":1},"httpResponse":{"toString":1}}';
  expect(
    check(`[${element}]`)
      .findings.filter(({ severity }) => severity === "error")
      .map(({ where, given }) => `${where}: ${given}`),
  ).toEqual([
    '[0].constructor: "constructor" (a key that MockServer refuses)',
    '[0].__proto__: "__proto__" (a key that MockServer refuses)',
    '[0].httpResponse.toString: "toString" (a key that MockServer refuses)',
  ]);
});
