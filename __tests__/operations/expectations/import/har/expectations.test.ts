import { UserError } from "../../../../../contract/user-error";
import { expectationsOfRecording } from "../../../../../operations/expectations/import/har/expectations";

const OPTIONS = { hosts: [], only: [], without: [] };

interface Given {
  readonly method?: string;
  readonly url: string;
  readonly sent?: object;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly text?: string;
  readonly encoding?: string;
  readonly cookies?: number;
}

function entry(given: Given) {
  const { method = "GET", url, sent, status = 200, headers = {}, type = "application/json", text, encoding, cookies = 0 } = given; // prettier-ignore
  return {
    request: {
      method,
      url: url.startsWith("/") ? `https://shop.example.com${url}` : url,
      cookies: Array.from({ length: cookies }, () => ({})),
      ...(sent !== undefined && { postData: { mimeType: "application/json", text: JSON.stringify(sent) } }),
    },
    response: {
      status,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      cookies: [],
      content: { mimeType: type, size: text?.length ?? 0, text, encoding },
    },
  };
}

const imported = (given: readonly Given[], options: Partial<typeof OPTIONS> | { hosts: string[] } = {}) =>
  expectationsOfRecording(given.map(entry), { ...OPTIONS, ...options });

it("creates one expectation for each request", () => {
  const { expectations, operations, repeated, unfit } = imported([
    { url: "/api/users/7?lang=de", text: '{"name":"Tom"}', headers: { "Cache-Control": "no-store" } },
    { url: "/api/users/7?lang=de", text: '{"name":"Rex"}' },
    { url: "/a%20b", text: "hello", type: "text/plain" },
  ]);
  expect(expectations).toEqual([
    {
      id: expect.stringMatching(/^get-api-users-7\.200\.[0-9a-f]{8}$/),
      httpRequest: { method: "GET", path: "/api/users/7", queryStringParameters: { lang: ["de"] } },
      httpResponse: {
        statusCode: 200,
        headers: { "Cache-Control": ["no-store"], "Content-Type": ["application/json; charset=utf-8"] },
        body: { type: "JSON", json: { name: "Tom" } },
      },
    },
    {
      id: "get-a-20b.200",
      httpRequest: { method: "GET", path: "/a%20b" },
      httpResponse: {
        statusCode: 200,
        headers: { "Content-Type": ["text/plain; charset=utf-8"] },
        body: { type: "STRING", string: "hello" },
      },
    },
  ]);
  expect([operations, repeated, unfit]).toEqual([2, 1, []]);
});

it("tells requests apart by their bodies where nothing else does", () => {
  const { expectations } = imported([
    { method: "POST", url: "/graphql", sent: { query: "a", token: "tok-1234567" }, text: "{}" },
    { method: "POST", url: "/graphql", sent: { query: "b" }, text: "{}" },
    { method: "POST", url: "/login", sent: { user: "a" }, text: "{}" },
  ]);
  expect(expectations.map(({ httpRequest }) => (httpRequest as { body?: unknown }).body)).toEqual([
    { type: "JSON", json: { query: "a" }, matchType: "ONLY_MATCHING_FIELDS" },
    { type: "JSON", json: { query: "b" }, matchType: "ONLY_MATCHING_FIELDS" },
    undefined,
  ]);
});

it("prefers an answer with a body to 304", () => {
  const [mock] = imported([
    { url: "/a", status: 304 },
    { url: "/a", text: "1" },
  ]).expectations;
  expect(mock!.httpResponse).toMatchObject({ statusCode: 200, body: { string: "1" } });
});

it("sends binary bodies as they were, and text that was encoded as text", () => {
  const { expectations } = imported([
    { url: "/logo.png", type: "image/png", text: "iVBORw0KGgo=", encoding: "base64" },
    { url: "/a.js", type: "text/javascript", text: Buffer.from("let ä = 1").toString("base64"), encoding: "base64" }, // prettier-ignore
    { url: "/big", text: '{"id":12345678901234567890}' },
  ]);
  expect(expectations.map(({ httpResponse }) => (httpResponse as { body: unknown }).body)).toEqual([
    { type: "BINARY", base64Bytes: "iVBORw0KGgo=" },
    { type: "STRING", string: "let ä = 1" },
    { type: "STRING", string: '{"id":12345678901234567890}' },
  ]);
});

it("leaves out session headers, cookies and what looks like a secret, and counts them", () => {
  const key = ["AKIA", "IOSFODNN7EXAMPL2"].join("");
  const { expectations, leftOut } = imported([
    {
      url: "/api?access_token=abc123def&page=2",
      headers: { "Set-Cookie": "sid=1", "X-CSRF-Token": "q9w8e7", "X-Session-Id": "77", "X-Page": "2" },
      text: JSON.stringify({
        password: "hunter22",
        note: `key ${key}`,
        user: { apiKey: "zzz-111", name: "Tom" },
      }),
      cookies: 2,
    },
    { url: "/app.js", type: "text/javascript", text: `login({password:e}); const k = "${key}";` },
  ]);
  expect(leftOut).toEqual({ headers: 2, cookies: 2, secrets: 5 });
  const text = JSON.stringify(expectations);
  for (const secret of ["hunter22", key, "zzz-111", "abc123def", "sid=1", "q9w8e7", "77"]) {
    expect(text).not.toContain(secret);
  }
  expect(expectations[0]!.httpRequest).toEqual({
    method: "GET",
    path: "/api",
    queryStringParameters: { page: ["2"] },
  });
  expect(text).toContain("login({password:e})");
  expect(text).toContain('"X-Page":["2"]');
});

it("leads an address of the recorded host to the mock", () => {
  const locations = ["https://shop.example.com/b?c#d", "/e", "https://other.example.com/f"];
  const { expectations } = imported(locations.map((Location, i) => ({ url: `/${i}`, status: 302, headers: { Location } }))); // prettier-ignore
  expect(expectations.map(({ httpResponse }) => (httpResponse as { headers: object }).headers)).toMatchObject(
    [{ Location: ["/b?c#d"] }, { Location: ["/e"] }, { Location: ["https://other.example.com/f"] }],
  );
});

it("takes the hosts and paths that are chosen", () => {
  const given = [{ url: "/a" }, { url: "https://cdn.example.com/b" }, { url: "/c/d" }, { url: "/c/e" }];
  const paths = (options: object) => imported(given, options).expectations.map(({ id }) => id);
  expect(paths({ hosts: ["cdn.example.com"] })).toEqual(["get-b.200"]);
  expect(paths({ hosts: ["shop.example.com"], only: ["/c/*"], without: ["/c/e"] })).toEqual(["get-c-d.200"]);
  const refusal = (options: object) => {
    try {
      paths(options);
      return undefined;
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as Error).message;
    }
  };
  expect(refusal({})).toBe(
    "The recording has requests to 2 hosts: shop.example.com (3), cdn.example.com (1). Choose with --host.",
  );
  expect(refusal({ hosts: ["x"] })).toBe(
    "--host x: the recording has no request to it, only to shop.example.com (3), cdn.example.com (1).",
  );
});

it("lists a response whose body was not saved, and skips entries without an answer", () => {
  const unsaved = entry({ url: "/a" });
  unsaved.response.content.size = 7;
  const entries = [
    unsaved,
    entry({ url: "/blocked", status: 0 }),
    entry({ url: "/socket", status: 101 }),
    entry({ url: "data:text/plain,x" }),
    entry({ url: "/b", text: "1" }),
    null,
    {},
  ];
  const { unfit, expectations } = expectationsOfRecording(entries, OPTIONS);
  expect(unfit).toEqual(["GET /a 200: the recording has no body; save it with content"]);
  expect(expectations.map(({ id }) => id)).toEqual(["get-b.200"]);
  expect(() => expectationsOfRecording([], OPTIONS)).toThrow(
    "The recording has no request that was answered over HTTP.",
  );
});
