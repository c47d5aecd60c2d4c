import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { dirname, join } from "node:path";
import { canonicalJson, isObject, type JsonObject } from "../../contract/json";
import { checkExpectations } from "../../operations/expectations/check";
import { readDescription } from "../../operations/expectations/import/openapi/description";
import { expectationsOf } from "../../operations/expectations/import/openapi/expectations";
import { isJson } from "../../operations/expectations/import/openapi/media";
import { operationsOf } from "../../operations/expectations/import/openapi/operations";
import { responseSchema } from "../../operations/expectations/import/openapi/schemas";
import { LocalMockServer } from "../../operations/expectations/server";
import { describeWith } from "../support/requires";

interface Mock {
  readonly id: string;
  readonly httpRequest: {
    readonly method: string;
    readonly path: string;
    readonly queryStringParameters?: Readonly<Record<string, readonly string[]>>;
    readonly headers?: Readonly<Record<string, readonly string[]>>;
    readonly cookies?: Readonly<Record<string, string>>;
  };
  readonly httpResponse: { readonly statusCode: number; readonly body?: JsonObject };
}

const root = dirname(require.resolve("@readme/oas-examples/package.json"));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /^[23][.]\d\/(json|yaml)\/.*[.](json|yaml)$/.test(file))
  .sort();

/** Each description below a path of its own, so that one server holds them all. */
const imports = files.map((file, i) => {
  const description = readDescription(join(root, file));
  const { expectations } = expectationsOf(description, { only: [], without: [], checkRequests: false });
  const mocks = (expectations as unknown as readonly Mock[]).map((mock): Mock => ({
    ...mock,
    id: `${i}:${mock.id}`,
    httpRequest: { ...mock.httpRequest, path: `/d${i}${mock.httpRequest.path}` },
  }));
  return { file, description, mocks };
});
const all = imports.flatMap(({ mocks }) => mocks);

it("imports every description", () => {
  expect(files).toHaveLength(129);
  expect(all).toHaveLength(1825);
});

it("creates expectations that pass the check", () => {
  const { findings } = checkExpectations(Buffer.from(JSON.stringify(all)));
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

/** A sample of the `format` url is none, and a default of null is not a text. */
const CONTRADICTIONS = [
  "3.0/json/readme-legacy.json getProject.200",
  "3.0/yaml/readme-legacy.yaml getProject.200",
  "3.1/json/readme.json getProject.200",
  "3.1/yaml/readme.yaml getProject.200",
];

/** Many alternatives of `oneOf` overlap, so that no body fits one of them alone. */
function withoutOneOf(schema: JsonObject): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"oneOf":', '"anyOf":')) as object;
}

it("answers with bodies that fit their schemas", () => {
  const ajv = addFormats(new Ajv2020({ strict: false, validateFormats: true, logger: false }));
  const unfit = imports.flatMap(({ file, description, mocks }) =>
    operationsOf(description.content).flatMap(({ name, responses }) =>
      Object.entries(responses).flatMap(([code, response]) => {
        const [type, media] = Object.entries(content(response)).find(([each]) => isJson(each)) ?? [];
        if (type === undefined || !isObject(media) || !isObject(media.schema)) return [];
        const validate = ajv.compile(withoutOneOf(responseSchema(media.schema, description.content)!));
        const id = `${name}.${code}`.replace(/[^\w.-]+/g, "-");
        return mocks
          .filter((mock) => mock.id.replace(/^\d+:/, "") === id || mock.id.includes(`:${id}.`))
          .flatMap(({ id, httpResponse: { body } }) =>
            body === undefined || validate(valueOf(body)) ? [] : [`${file} ${id.replace(/^\d+:/, "")}`],
          );
      }),
    ),
  );
  expect(unfit.sort()).toEqual(CONTRADICTIONS);
});

describeWith(["java"], "with a real MockServer", () => {
  let server: LocalMockServer;
  beforeAll(async () => {
    server = await LocalMockServer.start({
      expectations: all,
      heapMiB: 512,
      settings: { MOCKSERVER_LOG_LEVEL: "WARN" },
      env: process.env,
      log: () => undefined,
    });
  });
  afterAll(async () => {
    agent.destroy();
    await server?.stop();
  });

  it("answers each response that Prefer asks for", async () => {
    const wrong: string[] = [];
    for (const mock of all) {
      const { status, text } = await answerOf(server.port, mock);
      const { statusCode, body } = mock.httpResponse;
      if (status !== statusCode) wrong.push(`${mock.id}: ${status} instead of ${statusCode}`);
      else if (body !== undefined && !isSent(body, text)) wrong.push(`${mock.id}: another body`);
    }
    expect(wrong).toEqual([]);
  });

  it("finds each operation by its own request and no other's, whatever its path and parameters", async () => {
    const samples = fc.sample(generatedApi, 40).map((templates, i) => generated(templates, i));
    const mocks = samples.flatMap(({ mocks }) => mocks);
    await server.load(mocks);
    const wrong: string[] = [];
    for (const { requests } of samples) {
      for (const { id, method, path } of requests) {
        const { text } = await send(server.port, method, path, {});
        if (text !== id) wrong.push(`${method} ${path}: ${text} instead of ${id}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(mocks.length).toBeGreaterThan(100);
  });

  it("has taken all of a file, and nothing of the one before, once it says that it is loaded", async () => {
    const mocks = Array.from({ length: 10_000 }, (_, i) => ({
      httpRequest: { path: `/${i}` },
      httpResponse: {},
    }));
    for (const count of [10_000, 2]) {
      await server.load(mocks.slice(0, count));
      const { text } = await send(server.port, "PUT", "/mockserver/retrieve?type=ACTIVE_EXPECTATIONS", {});
      expect(JSON.parse(text)).toHaveLength(count + 1);
    }
  });

  it("answers as described to requests that do not fit", async () => {
    const content = { "application/json": { schema: { type: "object", required: ["n"], properties: { n: { type: "integer" } } } } }; // prettier-ignore
    const parameters = [
      { name: "id", in: "path", required: true, schema: { type: "integer", maximum: 99 } },
      { name: "state", in: "query", schema: { enum: ["open"] } },
      { name: "X-Key", in: "header", required: true, schema: { type: "string", minLength: 2 } },
    ];
    const responses = { 200: { description: "" }, 422: { description: "" } };
    const post = { operationId: "a", parameters, requestBody: { required: true, content }, responses };
    const description = { content: { paths: { "/a/{id}": { post } } }, positionOf: () => "" };
    await server.load(
      expectationsOf(description, { only: [], without: [], checkRequests: true }).expectations,
    );
    const good = { path: "/a/7?state=open", headers: { "X-Key": "ab", "Content-Type": "application/json" }, body: '{"n":1}' }; // prettier-ignore
    const statusOf = async (change: Partial<typeof good>) => {
      const { path, headers, body } = { ...good, ...change };
      return (await send(server.port, "POST", path, headers, body)).status;
    };
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ path: "/a/7" })).toBe(200);
    expect(await statusOf({ headers: { ...good.headers, Prefer: "code=422" } as typeof good.headers })).toBe(
      422,
    );
    for (const change of [
      { path: "/a/100" },
      { path: "/a/x" },
      { path: "/a/7?state=closed" },
      { headers: { ...good.headers, "X-Key": "a" } },
      { body: '{"n":"1"}' },
      { body: "{}" },
      { body: "" },
    ]) {
      expect([change, await statusOf(change)]).toEqual([change, 422]);
    }
  });
});

const segment = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(..."ab.-_~$()+!*',;=@&"), minLength: 1, maxLength: 4 }).filter((text) => !/^[.]+$/.test(text)) }, // prettier-ignore
  { weight: 2, arbitrary: fc.constant("{}") },
  { weight: 1, arbitrary: fc.constantFrom("{}.json", "{}:cancel", "v-{}") },
);
const generatedApi = fc.uniqueArray(
  fc.record({
    method: fc.constantFrom("get", "post", "delete"),
    segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
    query: fc.uniqueArray(fc.string({ unit: fc.constantFrom(..."qr.[]$_-!?"), minLength: 1, maxLength: 3 }), { maxLength: 2 }), // prettier-ignore
  }),
  { minLength: 2, maxLength: 8, selector: ({ method, segments }) => `${method} ${segments.join("/")}` },
);

/** A description of these operations, its mocks, and a request for each. */
function generated(
  operations: readonly {
    readonly method: string;
    readonly segments: readonly string[];
    readonly query: readonly string[];
  }[],
  api: number,
) {
  const paths: Record<string, Record<string, object>> = {};
  const requests = operations.map(({ method, segments, query }, i) => {
    const id = `api${api}.op${i}`;
    let names = 0;
    const template = `/${segments.map((one) => one.replace("{}", () => `{p${names++}}`)).join("/")}`;
    const parameters = [
      ...Array.from({ length: names }, (_, n) => ({ name: `p${n}`, in: "path", required: true })),
      ...query.map((name) => ({ name, in: "query", required: true })),
    ];
    const responses = { 200: { description: "", content: { "text/plain": { example: id } } } };
    (paths[template] ??= {})[method] = { operationId: id, parameters, responses };
    const path = segments.map((one) => encodeURI(one.replace("{}", "Value 7"))).join("/");
    const values = query.map((name): [string, string] => [name, "x"]);
    return {
      id,
      method: method.toUpperCase(),
      path: `/${api}/${path}?${String(new URLSearchParams(values))}`,
    };
  });
  const content = { paths, servers: [{ url: `/${api}` }] };
  const options = { only: [], without: [], checkRequests: false };
  return { requests, mocks: expectationsOf({ content, positionOf: () => "" }, options).expectations };
}

const agent = new Agent({ keepAlive: true });

async function answerOf(port: number, { id, httpRequest, httpResponse }: Mock) {
  const { method, path, queryStringParameters = {}, headers = {}, cookies = {} } = httpRequest;
  const literal = path.replace(/\[\^\/\]\+|\{[^}]*\}/g, "7").replaceAll("\\", "");
  const query = Object.entries(queryStringParameters).map(([name, [value]]): [string, string] => [unescaped(name), sent(value!)]); // prettier-ignore
  const sentHeaders = Object.keys(headers).filter((name) => name !== "Prefer");
  const example = id.split(`.${httpResponse.statusCode}.`)[1];
  const prefer = `code=${httpResponse.statusCode}${example === undefined ? "" : `; example=${example}`}`;
  const cookie = Object.keys(cookies).map((name) => `${unescaped(name)}=7`);
  return send(port, method, `${literal}?${String(new URLSearchParams(query))}`, {
    ...Object.fromEntries(sentHeaders.map((name) => [unescaped(name), "7"])),
    ...("Prefer" in headers && { Prefer: prefer }),
    ...(cookie.length > 0 && { Cookie: cookie.join("; ") }),
  });
}

async function send(port: number, method: string, path: string, headers: Record<string, string>, body = "") {
  const length = body === "" ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const options = { host: "127.0.0.1", port, method, agent, path, headers: { ...headers, ...length } };
  const [response] = (await once(request(options).end(body), "response")) as [IncomingMessage];
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += String(part);
  return { status: response.statusCode, text };
}

function unescaped(text: string): string {
  return text.replaceAll("\\", "");
}

function sent(pattern: string): string {
  return pattern === ".*" ? "7" : unescaped(pattern);
}

function content(response: unknown): JsonObject {
  return isObject(response) && isObject(response.content) ? response.content : {};
}

function valueOf({ json, string }: JsonObject): unknown {
  return json === undefined ? JSON.parse(String(string)) : json;
}

/** MockServer formats JSON again. */
function isSent({ json, string }: JsonObject, text: string): boolean {
  return json === undefined ? text === string : canonicalJson(JSON.parse(text)) === canonicalJson(json);
}
