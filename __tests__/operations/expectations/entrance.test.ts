import { checkExpectations } from "../../../operations/expectations/check";

const said = (...elements: object[]) =>
  checkExpectations(Buffer.from(JSON.stringify(elements))).findings.map(
    ({ severity, where, given, allowed }) => `${severity} ${where}: ${given} | ${allowed}`,
  );
const mock = (httpRequest: object, more: object = {}, id = JSON.stringify(httpRequest)) => ({
  id,
  httpRequest,
  httpResponse: { statusCode: 200, ...more },
});

describe("a delay", () => {
  const delayed = (delay: object) => said(mock({ path: "/a" }, { delay }));
  const refused = (delay: object) => [
    `error [0].httpResponse.delay: ${JSON.stringify(delay)} | less than 60 seconds: the load balancer then answers 504 itself`,
  ];

  it.each([
    [{ timeUnit: "SECONDS", value: 60 }],
    [{ timeUnit: "MINUTES", value: 1 }],
    [{ value: 60_000 }],
    [{ timeUnit: "SECONDS", distribution: { type: "UNIFORM", min: 90, max: 120 } }],
  ])("%j is refused", (delay) => expect(delayed(delay)).toEqual(refused(delay)));

  it.each([
    [{ timeUnit: "SECONDS", value: 59 }],
    [{ value: 59_999 }],
    [{ timeUnit: "SECONDS", distribution: { type: "UNIFORM", min: 1, max: 120 } }],
  ])("%j is accepted", (delay) => expect(delayed(delay)).toEqual([]));

  it("of a response in a sequence is found, too", () =>
    expect(
      said({
        id: "a",
        httpRequest: { path: "/a" },
        httpResponses: [{ statusCode: 200 }, { delay: { value: 61_000 } }],
      }).map((text) => text.split(":")[0]),
    ).toEqual(["error [0].httpResponses[1].delay"]));
});

describe("the name of a header", () => {
  it.each([[{ api_key: ["a"] }], [[{ name: "api_key", values: ["a"] }]]])("in %j never arrives", (headers) =>
    expect(said(mock({ path: "/a", headers }))).toEqual([
      expect.stringMatching(
        /^warning \[0\]\.httpRequest\.headers.*: "api_key" \| letters, digits and hyphens: the load balancer drops/,
      ),
    ]),
  );

  it.each([
    [{ "X-Api-Key": ["a"] }],
    [{ "!api_key": [".*"] }],
    [{ "?api_key": ["a"] }],
    [{ "api.key": ["a"] }],
  ])("in %j may", (headers) => expect(said(mock({ path: "/a", headers }))).toEqual([]));
});

describe("a path", () => {
  it.each([["orders"], ["orders/.*"]])("%s without a slash never matches", (path) =>
    expect(said(mock({ path }))).toEqual([
      `warning [0].httpRequest.path: "${path}" | a path that starts with a slash, as every request has it: this mock never answers`,
    ]),
  );

  it.each([
    ["/a(b", "unterminated group"],
    ["/a[b", "unterminated character class"],
    ["/**", "nothing to repeat"],
  ])("%s is no regular expression", (path, fault) =>
    expect(said(mock({ path }))).toEqual([
      `warning [0].httpRequest.path: "${path}" | a regular expression of Java (${fault}); MockServer compares it as plain text`,
    ]),
  );

  it.each([
    ["/a"],
    ["/orders/{id}"],
    [".*"],
    ["(?i)/a.*"],
    ["/a++b"],
    ["/(?>a)b"],
    ["(orders|/orders)"],
    ["/[a-z&&[^b]]"],
    ["/\\Qa(\\E"],
  ])("%s is accepted", (path) => expect(said(mock({ path }))).toEqual([]));
});

describe("a catch-all", () => {
  const shadowed = (index: number, by: number) =>
    `warning [${index}].httpRequest: a matcher behind [${by}], which takes every path | [${by}] answers, this one never does`;

  it.each([[{ path: "/.*" }], [{}], [{ method: "GET" }]])("%j before others hides them", (catchAll) =>
    expect(said(mock(catchAll), mock({ method: "GET", path: "/a" }))).toEqual([shadowed(1, 0)]),
  );

  it("with a higher priority hides what is before it", () =>
    expect(said(mock({ path: "/a" }), { ...mock({ path: ".*" }), priority: 1 })).toEqual([shadowed(0, 1)]));

  it.each([
    ["behind others", [mock({ path: "/a" }), mock({ path: ".*" })]],
    ["of another method", [mock({ method: "POST" }), mock({ method: "GET", path: "/a" })]],
    ["with a lower priority", [{ ...mock({ path: ".*" }), priority: -1 }, mock({ path: "/a" })]],
    ["that answers once", [{ ...mock({ path: ".*" }), times: { remainingTimes: 1 } }, mock({ path: "/a" })]],
    [
      "of a scenario",
      [{ ...mock({ path: ".*" }), scenarioName: "s", scenarioState: "b" }, mock({ path: "/a" })],
    ],
  ])("%s hides none", (_, elements) => expect(said(...elements)).toEqual([]));
});
