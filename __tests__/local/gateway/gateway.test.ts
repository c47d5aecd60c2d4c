import { createServer, request as httpRequest, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway, type Gateway } from "../../../local/gateway/gateway";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  host: string | undefined;
  body: string;
}

let folder: string;
let moto: Server;
let answerOfMoto: string;
let statusOfMoto: number;
let seen: Seen[];
let gateway: Gateway;

beforeEach(async () => {
  seen = [];
  answerOfMoto = "0123456789";
  statusOfMoto = 201;
  moto = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    seen.push({ method: incoming.method, url: incoming.url, host: incoming.headers.host, body });
    outgoing.writeHead(statusOfMoto, {
      "x-kept": "yes",
      ...(incoming.method === "HEAD" && { "content-length": "42" }),
    });
    outgoing.end(incoming.method === "HEAD" ? undefined : answerOfMoto);
  });
  folder = mkdtempSync(join(tmpdir(), "gateway-"));
  await new Promise<void>((resolve) => moto.listen(join(folder, "moto.sock"), resolve));
  gateway = await startGateway({
    accountId: "123456789012",
    region: "us-east-1",
    motoSocket: join(folder, "moto.sock"),
    accessKeyId: "k",
  });
});
afterEach(async () => {
  await gateway.stop();
  moto.closeAllConnections();
  await new Promise((resolve) => moto.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Received {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Sends raw, so that the path is not normalized and a proxy's whole address can be sent. */
function send(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<Received>((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port: gateway.port,
        method,
        path,
        agent: false,
        headers: { authorization: "x Credential=k/20260101/us-east-1/s3/aws4_request", ...options.headers },
      },
      (incoming) => {
        let body = "";
        incoming.on("data", (chunk) => (body += String(chunk)));
        incoming.on("error", reject);
        incoming.on("end", () => resolve({ status: incoming.statusCode, headers: incoming.headers, body }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

it("passes a call on unchanged and its answer back", async () => {
  const answer = await send("PUT", "/bucket/a%20b//c?x=1&y=%2F", { body: "hello" });
  expect(seen).toEqual([
    { method: "PUT", url: "/bucket/a%20b//c?x=1&y=%2F", host: `127.0.0.1:${gateway.port}`, body: "hello" },
  ]);
  expect(answer).toMatchObject({
    status: 201,
    body: "0123456789",
    headers: { "x-kept": "yes", "content-length": "10" },
  });
});

it("keeps the length a HEAD answer names", async () => {
  expect(await send("HEAD", "/bucket/key")).toMatchObject({
    status: 201,
    body: "",
    headers: { "content-length": "42" },
  });
});

it("takes the whole address a client sends to its proxy", async () => {
  const host = `123456789012.127.0.0.1:${gateway.port}`;
  await send("GET", `http://${host}/v20180820/configuration/publicAccessBlock`, {
    headers: { host },
  });
  expect(seen).toMatchObject([{ url: "/v20180820/configuration/publicAccessBlock", host }]);
  expect(gateway.calls.of("s3", "GetPublicAccessBlock")).toHaveLength(1);
});

it("logs each call with the client's attempt", async () => {
  await send("GET", "/bucket/key", { headers: { "amz-sdk-request": "attempt=3; max=5" } });
  expect(gateway.calls.all()).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      service: "s3",
      operation: "GetObject",
      resource: "bucket/key",
      status: 201,
      attempt: 3,
      milliseconds: expect.any(Number) as number,
    },
  ]);
});

it("throttles without asking moto", async () => {
  gateway.faults.add({
    id: "f",
    service: "s3",
    occurrence: { fail: 1, pass: 0, once: true },
    fault: { kind: "throttling" },
  });
  expect(await send("GET", "/bucket/key")).toMatchObject({
    status: 503,
    body: expect.stringContaining("SlowDown") as string,
  });
  expect(seen).toEqual([]);
  expect((await send("GET", "/bucket/key")).status).toBe(201);
  expect(gateway.calls.all().map(({ status, fault }) => [status, fault])).toEqual([
    [503, "f"],
    [201, undefined],
  ]);
});

it("holds an answer back until it is released, and no other", async () => {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (release = resolve));
  gateway.faults.add({
    id: "held",
    resource: "held/key",
    occurrence: { always: true },
    fault: { kind: "held", until },
  });
  const held = send("GET", "/held/key");
  expect((await send("GET", "/other/key")).status).toBe(201);
  expect(gateway.calls.all().map(({ resource }) => resource)).toEqual(["other/key"]);
  release();
  expect((await held).status).toBe(201);
  expect(gateway.calls.all().map(({ resource }) => resource)).toEqual(["other/key", "held/key"]);
});

it.each([
  ["beforeHeaders", 0],
  ["halfWay", 1],
] as const)("closes the connection %s; moto has seen %d calls", async (when, calls) => {
  gateway.faults.add({ id: "cut", occurrence: { always: true }, fault: { kind: "connectionClosed", when } });
  await expect(send("GET", "/bucket/key")).rejects.toThrow(/socket hang up|aborted/);
  expect(seen).toHaveLength(calls);
  expect(gateway.calls.all().map(({ status, fault }) => [status, fault])).toEqual([[0, "cut"]]);
});

describe("instead of a page in HTML, which no client understands, answers an error that names service and operation", () => {
  const page = "\n<!DOCTYPE HTML><title>404 Not Found</title>";
  const json = {
    headers: { "x-amz-target": "AmazonSSM.GetThings", "content-type": "application/x-amz-json-1.1" },
    body: "{}",
  };
  const query = {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetThings&Version=2010-05-08",
  };
  const signed = (service: string) => ({
    authorization: `x Credential=k/20260101/us-east-1/${service}/aws4_request`,
  });

  it.each([
    [
      "ssm",
      json,
      404,
      501,
      '{"__type":"NotImplemented","message":"The local AWS does not have ssm:GetThings."}',
    ],
    [
      "ssm",
      json,
      500,
      500,
      '{"__type":"InternalFailure","message":"The local AWS failed at ssm:GetThings, or does not have it."}',
    ],
    [
      "iam",
      query,
      404,
      501,
      "<Code>NotImplemented</Code><Message>The local AWS does not have iam:GetThings.</Message>",
    ],
  ])("%s %j, moto's status %d", async (service, { headers, body }, said, status, error) => {
    [answerOfMoto, statusOfMoto] = [page, said];
    const answer = await send("POST", "/", { headers: { ...headers, ...signed(service) }, body });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(error);
    expect(answer.body).not.toMatch(/doctype/i);
    expect(gateway.calls.all().map((call) => call.status)).toEqual([status]);
  });

  it("an object that is a page stays one", async () => {
    [answerOfMoto, statusOfMoto] = [page, 200];
    expect(await send("GET", "/bucket/index.html")).toMatchObject({ status: 200, body: page });
  });
});

it("says that moto cannot be reached", async () => {
  moto.closeAllConnections();
  await new Promise((resolve) => moto.close(resolve));
  const answer = await send("GET", "/bucket/key");
  expect([answer.status, answer.body]).toEqual([
    502,
    expect.stringMatching(/^gateway: Error: connect (ECONNREFUSED|ENOENT)/),
  ]);
  await new Promise<void>((resolve) => moto.listen(join(folder, "moto.sock"), resolve));
});

describe("refuses everyone but clients of this session, without calling moto", () => {
  const signed = (key: string) => ({
    authorization: `x Credential=${key}/20260101/us-east-1/s3/aws4_request`,
  });

  it.each([
    ["a page of another site", { origin: "https://evil.example" }],
    ["a page on this machine", { origin: "http://127.0.0.1:8080" }],
    ["a page from a file or a sandbox", { origin: "null" }],
  ])("%s", async (_, headers) => {
    const answer = await send("PUT", "/bucket/key", { headers, body: "x".repeat(100_000) });
    expect([answer.status, answer.body]).toEqual([
      403,
      "local AWS: web pages may not call it (the request has an Origin header).\n",
    ]);
    expect(seen).toEqual([]);
  });

  it.each([
    ["evil.example"],
    ["evil.example:PORT"],
    ["127.0.0.1"],
    ["127.0.0.1:1"],
    ["127.0.0.1.evil.example:PORT"],
    ["12345678901.127.0.0.1:PORT"],
    ["evil.127.0.0.1:PORT"],
    ["[::1]:PORT"],
  ])("a caller whose Host is %j", async (template) => {
    const host = template.replace("PORT", String(gateway.port));
    const answer = await send("GET", "/bucket/key", { headers: { host } });
    expect([answer.status, answer.body]).toEqual([
      403,
      `local AWS: ${JSON.stringify(host)} is not its host name. Use 127.0.0.1:${gateway.port} or localhost:${gateway.port}.\n`,
    ]);
    expect(seen).toEqual([]);
  });

  it("one that addresses another host through the gateway", async () => {
    expect((await send("GET", "http://evil.example/bucket/key")).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it.each([
    ["the access key of another session", signed("test")],
    ["one whose beginning is right", signed("kk")],
    ["an empty one", signed("")],
    ["none", { authorization: "" }],
    ["another scheme", { authorization: "Bearer k" }],
  ])("%s", async (_, headers) => {
    const answer = await send("GET", "/bucket/key", { headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("This access key is not that of the running local AWS.");
    expect(seen).toEqual([]);
    expect(gateway.calls.all()).toEqual([]);
  });

  it.each([["127.0.0.1"], ["localhost"], ["123456789012.127.0.0.1"]])("but not %s", async (name) => {
    expect((await send("GET", "/b/k", { headers: { host: `${name}:${gateway.port}` } })).status).toBe(201);
  });

  it("but not a presigned address, nor a session that a known caller was given", async () => {
    const unsigned = { authorization: "" };
    const presigned = "/bucket/key?X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";
    expect((await send("GET", presigned, { headers: unsigned })).status).toBe(201);

    expect((await send("GET", "/bucket/key", { headers: signed("ASIA1") })).status).toBe(403);
    answerOfMoto = "<Credentials><AccessKeyId>ASIA1</AccessKeyId></Credentials>";
    const form = { "content-type": "application/x-www-form-urlencoded" };
    await send("POST", "/", { headers: form, body: "Action=AssumeRole&RoleArn=r" });
    expect((await send("GET", "/bucket/key", { headers: signed("ASIA1") })).status).toBe(201);
  });
});
