import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Dashboard, reused } from "../../../operations/control-plane/dashboard";
import { openWebSocket } from "../../support/web-socket";

describe("the door to the dashboard", () => {
  const seen: IncomingMessage[] = [];
  const logged: string[] = [];
  let far: Server;
  let door: Dashboard;
  let own: string;
  let cookie: string;

  beforeAll(async () => {
    far = createServer((incoming, response) => {
      seen.push(incoming);
      response.writeHead(207, { "x-far": "1" }).end("far");
    });
    far.on("upgrade", (incoming: IncomingMessage, socket) => {
      seen.push(incoming);
      if (incoming.url === "/refused") socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      else
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst",
        );
    });
    await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
    door = await Dashboard.open({
      url: `http://127.0.0.1:${(far.address() as AddressInfo).port}`,
      port: 0,
      token: async () => "signed",
      headers: { "x-added": "1" },
      log: (line) => logged.push(line),
    });
    own = new URL(door.url).origin;
    const entered = await fetch(door.url, { redirect: "manual" });
    expect([entered.status, entered.headers.get("location")]).toEqual([302, "/mockserver/dashboard"]);
    cookie = entered.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^automock-dashboard-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    cookie = cookie.split(";")[0]!;
  });
  beforeEach(() => void seen.splice(0));
  afterAll(() => {
    door.close();
    far.close();
  });

  it("adds the token, and passes neither its cookie nor the page's origin on", async () => {
    const answer = await fetch(`${own}/mockserver/retrieve?type=LOGS`, {
      method: "PUT",
      headers: { cookie, origin: own, authorization: "Bearer other" },
    });
    expect([answer.status, answer.headers.get("x-far"), await answer.text()]).toEqual([207, "1", "far"]);
    const [{ method, url, headers }] = seen as [IncomingMessage];
    expect([method, url]).toEqual(["PUT", "/mockserver/retrieve?type=LOGS"]);
    expect(headers).toMatchObject({ authorization: "Bearer signed", "x-added": "1" });
    expect([headers.cookie, headers.origin]).toEqual([undefined, undefined]);
  });

  it.each<[string, (own: string, cookie: string) => Record<string, string>]>([
    ["without the secret", () => ({})],
    ["with another secret", (_, cookie) => ({ cookie: `${cookie.slice(0, -1)}!` })],
    ["of a foreign page", (_, cookie) => ({ cookie, origin: "https://evil.example" })],
    ["to a foreign name", (_, cookie) => ({ cookie, host: "evil.example" })],
  ])("refuses requests %s, and never asks MockServer", async (_, headersOf) => {
    const headers = headersOf(own, cookie);
    expect(await statusOf(`${own}/mockserver/reset`, headers)).toBe(403);
    expect((await openWebSocket(`${own}/_mockserver_ui_websocket`, headers)).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it("lets no foreign name in with the secret either", async () =>
    expect(await statusOf(door.url, { host: "evil.example" })).toBe(403));

  it("joins a WebSocket with the token, and shows a refusal", async () => {
    const { status, first } = await openWebSocket(`${own}/_mockserver_ui_websocket`, { cookie, origin: own });
    expect([status, first.toString()]).toEqual([101, "first"]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer signed"]);
    expect((await openWebSocket(`${own}/refused`, { cookie })).status).toBe(401);
  });

  it("says when nothing answers, or no token can be signed", async () => {
    const gone = await Dashboard.open({
      url: "http://127.0.0.1:9",
      port: 0,
      token: async () => undefined,
      log: (line) => logged.push(line),
    });
    const entered = await fetch(gone.url, { redirect: "manual" });
    const headers = { cookie: entered.headers.get("set-cookie")!.split(";")[0]! };
    expect((await fetch(new URL("/x", gone.url), { headers })).status).toBe(502);
    expect(logged.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:9 did not answer: /);
    await expect(
      Dashboard.open({
        ...{ url: own, port: Number(new URL(gone.url).port), token: async () => "" },
        log: () => undefined,
      }),
    ).rejects.toThrow(/^Port \d+ cannot be used \(.*EADDRINUSE.*\): choose another one with --port\.$/);
    gone.close();
  });
});

it("a token is signed again when a third of its time is left, once for many, and after a failure", async () => {
  let now = 0;
  let signed = 0;
  let failure: Error | undefined;
  const token = reused(
    async () => {
      if (failure) throw failure;
      return { number: ++signed, expiresAt: new Date(now + 15 * 60_000) };
    },
    { minutes: 15, now: () => now },
  );
  const numbers = async () => (await Promise.all([token(), token()])).map(({ number }) => number);
  expect(await numbers()).toEqual([1, 1]);
  now = 10 * 60_000 - 1;
  expect(await numbers()).toEqual([1, 1]);
  now += 1;
  failure = new Error("no right");
  await expect(token()).rejects.toThrow("no right");
  failure = undefined;
  expect(await numbers()).toEqual([2, 2]);
});

/** `fetch` sends its own `Host`. */
function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    })
      .once("error", reject)
      .end();
  });
}
