import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { run } from "../../../operations/process";
import { baseUrl, SMOKE_CHECKS, smoke } from "../../../operations/delivery/smoke-checks";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API that is well, with the given paths answering otherwise. */
const api =
  (otherwise: Record<string, RequestListener> = {}): RequestListener =>
  (request, response) => {
    const special = otherwise[request.url!];
    if (special) return void special(request, response);
    response.end(JSON.stringify(request.url === "/health" ? { status: "healthy" } : []));
  };

async function smoked(url: string, changes: { attempts?: number; timeoutMs?: number } = {}) {
  const lines: string[] = [];
  const options = { url, attempts: 1, pauseMs: 1, timeoutMs: 2000, ...changes };
  return { passed: await smoke({ ...options, log: (line) => lines.push(line) }), lines };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ""): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

describe("smoke", () => {
  it("passes an API that is well, with a line per check, and only reads", async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      api()(request, response);
    });
    expect(await smoked(`${url}/`)).toEqual({
      passed: true,
      lines: [`ok     GET ${url}/health`, `ok     GET ${url}/tasks`],
    });
    expect(seen).toEqual(["GET /health", "GET /tasks"]);
  });

  it("keeps the path of the address", async () => {
    const url = await serve(api({ "/v1/health": status(200, {}, '{"status":"healthy"}') }));
    expect((await smoked(`${url}/v1`)).passed).toBe(true);
  });

  it.each([
    ["an error", status(500), "status 500, expected 200"],
    ["no content", status(204), "status 204, expected 200"],
    ["a redirect", status(301, { location: "https://x/" }), "status 301 to https://x/, expected 200"],
    ["a page", status(200, {}, "<html>"), 'the body is not JSON: "<html>"'],
    [
      "another state",
      status(200, {}, '{"status":"down"}'),
      'the body is {"status":"down"}, expected "status": "healthy"',
    ],
    ["null", status(200, {}, "null"), 'the body is null, expected "status": "healthy"'],
    ["a closed connection", (request) => request.socket.destroy(), "other side closed"],
  ] satisfies [string, RequestListener, string][])("fails on %s", async (_, listener, fault) => {
    const url = await serve(api({ "/health": listener }));
    expect(await smoked(url)).toEqual({
      passed: false,
      lines: [`FAILED GET ${url}/health: ${fault} (1 attempt)`, `ok     GET ${url}/tasks`],
    });
  });

  it("fails when a dependency does, although the task says it is healthy", async () => {
    const url = await serve(api({ "/tasks": status(503) }));
    expect(await smoked(url, { attempts: 2 })).toEqual({
      passed: false,
      lines: [`ok     GET ${url}/health`, `FAILED GET ${url}/tasks: status 503, expected 200 (2 attempts)`],
    });
  });

  it("fails when no answer comes in time", async () => {
    const url = await serve(api({ "/health": () => undefined }));
    expect((await smoked(url, { timeoutMs: 50 })).lines[0]).toBe(
      `FAILED GET ${url}/health: no answer within 50 ms (1 attempt)`,
    );
  });

  it("fails when nobody listens", async () => {
    const url = await serve(api());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect((await smoked(url)).lines[0]).toContain("ECONNREFUSED");
  });

  it("tries again, as often as allowed", async () => {
    let calls = 0;
    const flaky: RequestListener = (request, response) =>
      (calls += 1) < 3 ? status(502)(request, response) : api()(request, response);
    const url = await serve(api({ "/health": flaky }));
    expect((await smoked(url, { attempts: 3 })).passed).toBe(true);
    expect(calls).toBe(3);
    calls = 0;
    expect((await smoked(url, { attempts: 2 })).passed).toBe(false);
    expect(calls).toBe(2);
  });

  it("checks what the load balancer checks", () => expect(SMOKE_CHECKS[0]!.path).toBe("/health"));
});

describe("the address", () => {
  it.each([
    ["tasks.example.com", "it must start with http:// or https://"],
    ["ftp://x", "it must start with http:// or https://"],
    ["https://x?a", "it must not contain ? or #"],
  ])("%s is refused", (text, fault) =>
    expect(() => baseUrl(text)).toThrow(`"${text}" is not the URL of an API: ${fault}.`),
  );

  it("does not repeat a password", () =>
    expect(() => baseUrl("https://me:hidden@x")).toThrow(
      '"https://me:***@x" is not the URL of an API: it must not contain a user or password, because pipelines print it.',
    ));
});

describe("npm run smoke", () => {
  const command = (args: readonly string[]) =>
    run(process.execPath, {
      args: [
        "--import",
        "tsx",
        join(__dirname, "..", "..", "..", "operations", "delivery", "smoke.ts"),
        ...args,
      ],
      env: { PATH: process.env.PATH },
    });

  it("ends with 0 when all is well", async () => {
    const url = await serve(api());
    expect((await command([url])).exitCode).toBe(0);
  });

  it("ends with 1 when a check fails, the address is none or an option is wrong", async () => {
    const url = await serve(api({ "/tasks": status(500) }));
    const failed = await command([url, "--attempts", "1"]);
    expect([failed.exitCode, failed.stdout]).toEqual([1, expect.stringContaining("FAILED GET")]);
    const none = await command(["nowhere"]);
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('"nowhere" is not the URL')]);
    expect((await command([url, "--attempts", "0"])).exitCode).toBe(1);
  });
});
