import type { JsonObject } from "../../../../../contract/json";
import { expectationsOf } from "../../../../../operations/expectations/import/openapi/expectations";

const DEFAULTS = { only: [], without: [], checkRequests: false };
const json = (media: object) => ({ description: "", content: { "application/json": media } });
const ok = { 200: json({ example: { ok: true } }) };

function imported(paths: object, options: Partial<typeof DEFAULTS> = {}, rest: object = {}) {
  const content = { openapi: "3.1.0", paths, ...rest };
  const positionOf = (path: readonly string[]) => `api.yaml:${path.length}`;
  return expectationsOf({ content, positionOf }, { ...DEFAULTS, ...options });
}

const requests = (paths: object, options?: object) =>
  imported(paths, options).expectations.map(({ httpRequest }) => httpRequest);

describe("responses", () => {
  it("creates one expectation for each response and example; the first success answers without Prefer", () => {
    const responses = {
      404: json({ schema: { type: "object", properties: { title: { type: "string" } } } }),
      200: json({ examples: { cat: { value: { name: "Tom" } }, dog: { value: { name: "Rex" } } } }),
      default: json({ example: { error: true } }),
    };
    const { expectations, operations, unfit } = imported({
      "/pets": { get: { operationId: "getPet", responses } },
    });
    expect(expectations.map(({ id }) => id)).toEqual([
      "getPet.200.dog",
      "getPet.404",
      "getPet.500",
      "getPet.200.cat",
    ]);
    expect(expectations.map(({ httpResponse }) => (httpResponse as JsonObject).body)).toEqual([
      { type: "JSON", json: { name: "Rex" } },
      { type: "JSON", json: { title: "string" } },
      { type: "JSON", json: { error: true } },
      { type: "JSON", json: { name: "Tom" } },
    ]);
    expect(expectations.at(-1)!.httpRequest).toEqual({ method: "GET", path: "/pets" });
    expect([operations, unfit]).toEqual([1, []]);
  });

  it("sends no body with 204, 304 and HEAD", () => {
    const { expectations } = imported({
      "/a": {
        head: { responses: ok },
        get: { responses: { 204: json({ example: 1 }), 304: json({ example: 1 }) } },
      },
    });
    expect(expectations.map(({ httpResponse }) => httpResponse)).toEqual([
      { statusCode: 304 },
      { statusCode: 204 },
      { statusCode: 200 },
    ]);
  });

  it("sends JSON that was written as text as JSON, and a text as a JSON text", () => {
    const bodies = ['{"a": 1}', "plain"].map((example) => {
      const [one] = imported({ "/a": { get: { responses: { 200: json({ example }) } } } }).expectations;
      return (one!.httpResponse as JsonObject).body;
    });
    expect(bodies).toEqual([
      { type: "JSON", json: { a: 1 } },
      { type: "STRING", string: '"plain"' },
    ]);
  });

  it("lists what does not fit by name", () => {
    const xml = { description: "", content: { "application/xml": { schema: { type: "object" } } } };
    const examples = { far: { externalValue: "https://example.com" }, near: { value: 1 } };
    const { unfit, expectations } = imported(
      {
        "/a": { get: { operationId: "a", responses: { 100: {}, 200: xml, "2XX": json({ example: 1 }) } } },
        "/b": {
          get: {
            operationId: "b",
            responses: { 200: json({ examples }), "x-note": {} },
            callbacks: { done: {} },
          },
        },
        "/c": { get: { operationId: "c" } },
      },
      {},
      { webhooks: { created: {} } },
    );
    expect(unfit).toEqual([
      "a 100: not a status to answer with",
      "a 2XX: 200 has a response of its own",
      "a 200: no example of application/xml",
      "a: no response to answer with",
      "b callback done: a mock answers requests, it sends none",
      "b 200: example far is not a text of application/json",
      "c: no response to answer with",
      "webhook created: a mock answers requests, it sends none",
    ]);
    expect(expectations.map(({ id }) => id)).toEqual(["b.200.near"]);
  });

  it("is the same each time", () => {
    const schema = { type: "object", properties: { id: { type: "string", format: "uuid" }, at: { type: "string", format: "date-time" } } }; // prettier-ignore
    const once = () => JSON.stringify(imported({ "/a": { get: { responses: { 200: json({ schema }) } } } }));
    expect(once()).toBe(once());
  });
});

describe("requests", () => {
  it("matches required parameters by name", () => {
    const parameters = [
      { name: "id", in: "path", required: true },
      { name: "page[size]", in: "query", required: true },
      { name: "sort", in: "query" },
      { name: "X-Tenant", in: "header", required: true },
      { name: "Authorization", in: "header", required: true },
      { name: "session", in: "cookie", required: true },
      { name: "filter", in: "query", required: true, style: "deepObject", schema: { type: "object" } },
    ];
    expect(requests({ "/orders/{id}": { parameters, get: { responses: ok } } })).toEqual([
      {
        method: "GET",
        path: "/orders/{id}",
        pathParameters: { id: [".+"] },
        queryStringParameters: { "page\\[size\\]": [".*"] },
        headers: { "X-Tenant": [".*"] },
        cookies: { session: ".*" },
      },
    ]);
  });

  it.each([
    ["/a.b", { path: "/a\\.b" }],
    ["/a/{x}/$metadata", { path: "/a/{x}/\\$metadata", pathParameters: { x: [".+"] } }],
    ["/report.{format}", { path: "/report\\.[^/]+" }],
    ["/a/{x}:cancel", { path: "/a/[^/]+:cancel" }],
    ["/a/{x}-{y}", { path: "/a/[^/]+-[^/]+" }],
    ["/a/{x y}", { path: "/a/[^/]+" }],
    ["/a/{x}/b/{x}", { path: "/a/[^/]+/b/[^/]+" }],
    ["/a?action=close", { path: "/a", queryStringParameters: { action: ["close"] } }],
    ["/a#second", { path: "/a" }],
    ["/für/a b/%7Eme", { path: "/f%C3%BCr/a%20b/%7Eme" }],
  ])("writes %s as MockServer reads it", (template, matcher) => {
    expect(requests({ [template]: { get: { responses: ok } } })).toEqual([{ method: "GET", ...matcher }]);
  });

  it("puts the path of the first server in front, with the variables' defaults", () => {
    const paths = { "/a": { get: { responses: ok }, servers: undefined } };
    const pathWith = (servers: unknown) => (imported(paths, {}, { servers }).expectations[0]!.httpRequest as JsonObject).path; // prettier-ignore
    expect(
      [
        [{ url: "https://example.com/v1/" }],
        [{ url: "https://{host}/{base}", variables: { base: { default: "api" } } }],
        [{ url: "v2" }],
        [],
      ].map(pathWith),
    ).toEqual(["/v1/a", "/api/a", "/v2/a", "/a"]);
  });

  it("puts fixed segments before parameters, and lists a path that another one hides", () => {
    const get = (operationId: string) => ({ get: { operationId, responses: ok } });
    const { expectations, unfit } = imported({
      "/pets/{id}": get("byId"),
      "/pets/{name}": get("byName"),
      "/pets/{id}.json": get("asJson"),
      "/pets/mine": get("mine"),
    });
    expect(expectations.map(({ id }) => id)).toEqual(["mine.200", "asJson.200", "byId.200"]);
    expect(unfit).toEqual(["byName /pets/{name} (api.yaml:3): byId /pets/{id} matches the same requests and answers them"]); // prettier-ignore
  });

  it("takes the operations that are named by name, tag or path", () => {
    const paths = {
      "/pets": { get: { operationId: "listPets", tags: ["pets"], responses: ok } },
      "/pets/{id}": { get: { operationId: "getPet", tags: ["pets"], responses: ok } },
      "/orders": { get: { operationId: "listOrders", responses: ok } },
    };
    const ids = (options: object) => imported(paths, options).expectations.map(({ id }) => id);
    expect(ids({ only: ["pets"] })).toEqual(["listPets.200", "getPet.200"]);
    expect(ids({ only: ["/pets/*"] })).toEqual(["getPet.200"]);
    expect(ids({ only: ["/orders", "getPet"] })).toEqual(["listOrders.200", "getPet.200"]);
    expect(ids({ without: ["pets"] })).toEqual(["listOrders.200"]);
    expect(ids({ only: ["pets"], without: ["getPet"] })).toEqual(["listPets.200"]);
    expect(imported(paths).byTag).toEqual({ pets: 2 });
  });
});

describe("with checked requests", () => {
  const bad = { 200: ok[200], 422: json({ example: { bad: true } }) };
  const checked = (operation: object, path = "/a") => imported({ [path]: { post: { operationId: "a", ...operation } } }, { checkRequests: true }); // prettier-ignore

  it("requires parameters to fit, and answers any other request as described", () => {
    const parameters = [
      { name: "id", in: "path", required: true, schema: { type: "integer", minimum: 1, maximum: 20 } },
      { name: "state", in: "query", schema: { enum: ["open", "in.work"] } },
      { name: "X-Key", in: "header", required: true, schema: { type: "string", minLength: 2 } },
    ];
    const { expectations, unfit } = checked({ parameters, responses: bad }, "/a/{id}");
    const request = {
      method: "POST",
      path: "/a/{id}",
      pathParameters: { id: ["(?:[1-9]|1[0-9]|20)"] },
      queryStringParameters: { "?state": ["open|in\\.work"] },
      headers: { "X-Key": ["(?=.{2,}$)(?:.*)"] },
    };
    expect(expectations.map(({ id, httpRequest }) => [id, httpRequest])).toEqual([
      ["a.422", { ...request, headers: { ...request.headers, Prefer: ['.*\\bcode="?422"?(?:[,;\\s].*)?'] } }],
      ["a.200", request],
      ["a.422.bad-request", { method: "POST", path: "/a/{id}", pathParameters: { id: [".+"] } }],
    ]);
    expect(unfit).toEqual([]);
  });

  it("requires a JSON body to fit, without what only responses hold", () => {
    const $ref = "#/components/schemas/Tree";
    const Tree = {
      type: "object",
      required: ["id", "name"],
      properties: {
        id: { type: "integer", readOnly: true },
        name: { type: "string", example: "x" },
        child: { $ref },
      },
    };
    const requestBody = { required: true, content: { "application/json": { schema: { $ref } } } };
    const paths = { "/a": { post: { operationId: "a", requestBody, responses: bad } } };
    const { expectations } = imported(paths, { checkRequests: true }, { components: { schemas: { Tree } } });
    expect((expectations[1]!.httpRequest as JsonObject).body).toEqual({
      type: "JSON_SCHEMA",
      jsonSchema: {
        type: "object",
        required: ["name"],
        properties: { id: { type: "integer" }, name: { type: "string" }, child: {} },
      },
    });
  });

  it("lists what it does not check", () => {
    const requestBody = { content: { "multipart/form-data": {}, "application/json": {} } };
    expect(checked({ requestBody, responses: bad }).unfit).toEqual([
      "a: a body of multipart/form-data, application/json is not checked",
    ]);
    const { unfit, expectations } = checked({ parameters: [{ name: "n", in: "query", schema: { type: "integer" } }], responses: ok }); // prettier-ignore
    expect(unfit).toEqual(["a: its requests are not checked, because it describes no response 400 or 422"]);
    expect(expectations.map(({ httpRequest }) => httpRequest)).toEqual([{ method: "POST", path: "/a" }]);
    const properties = Object.fromEntries(
      Array.from({ length: 2001 }, (_, i) => [`p${i}`, { type: "string" }]),
    );
    const large = { content: { "application/json": { schema: { properties } } } };
    expect(checked({ requestBody: large, responses: bad }).unfit).toEqual(["a: the schema of its body is too large to check"]); // prettier-ignore
  });
});
