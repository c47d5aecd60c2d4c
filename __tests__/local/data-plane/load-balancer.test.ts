import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Action, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ElbReader, ElbState, LoadBalancerState } from "../../../local/data-plane/elb-state";
import { LocalLoadBalancer } from "../../../local/data-plane/load-balancer";
import { TargetGroups } from "../../../local/data-plane/target-groups";
import { eventually } from "../../support/eventually";

const ARN = "arn:lb";
const GROUP = "arn:tg";
const forward: Action[] = [{ Type: "forward", TargetGroupArn: GROUP }];

let state: ElbState;
let targets: TargetGroups;
let loadBalancer: LocalLoadBalancer;
let backends: Server[];
let serverErrors: string[];

const listener = (Port: number, DefaultActions: Action[], rules: Rule[] = []) => ({
  listener: { ListenerArn: `arn:listener/${Port}`, Port, Protocol: "HTTP" as const, DefaultActions },
  rules,
});
const balancer = (...listeners: LoadBalancerState["listeners"]): LoadBalancerState => ({
  arn: ARN,
  idleTimeoutSeconds: 1,
  listeners,
});
async function deploy(...listeners: LoadBalancerState["listeners"]): Promise<void> {
  const check = {
    path: "/ready",
    matcher: "200",
    intervalSeconds: 15,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
  };
  state = {
    loadBalancers: new Map([[ARN, balancer(...listeners)]]),
    targetGroups: new Map([[GROUP, { check, deregistrationDelaySeconds: 30 }]]),
  };
  await loadBalancer.follow(balancer(...listeners));
}

beforeEach(async () => {
  state = { loadBalancers: new Map(), targetGroups: new Map() };
  backends = [];
  const elb = { current: () => Promise.resolve(state) } as ElbReader;
  serverErrors = [];
  const alarms = {
    unhealthy: () => undefined,
    serverError: (...[, metric]: [string, string]) => void serverErrors.push(metric),
  };
  targets = new TargetGroups(elb, alarms, () => undefined);
  loadBalancer = await LocalLoadBalancer.open({ arn: ARN, elb, targets, alarms });
});
afterEach(async () => {
  targets.stop();
  await loadBalancer.close();
  for (const backend of backends) {
    backend.closeAllConnections();
    backend.close();
  }
});

/** A healthy target that answers with what it was asked, as JSON; `/silent` is never answered. */
async function addTarget(taskId: string): Promise<void> {
  const backend = createServer((incoming: IncomingMessage, outgoing) => {
    if (incoming.url === "/silent") return;
    let body = "";
    incoming.on("data", (chunk) => (body += chunk));
    incoming.on("end", () => {
      const { method, url, headers } = incoming;
      outgoing.writeHead(200, { "set-cookie": ["a=1", "b=2"] });
      outgoing.end(JSON.stringify({ taskId, method, url, headers, body }));
    });
  });
  backends.push(backend);
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  const { port } = backend.address() as AddressInfo;
  targets.register(GROUP, { taskId, address: "10.0.0.1", containerPort: 80, hostPort: port });
  await eventually(`${taskId} is healthy`, () => targets.stateOf(GROUP, taskId) === "healthy");
}

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`http://${loadBalancer.address}${path}`, { redirect: "manual", ...init });

it("closes the connection while it has no listener", async () => {
  await expect(ask("/")).rejects.toThrow("fetch failed");
});

it("answers by itself: fixed responses, and 503 without a target", async () => {
  const closed: Rule = {
    Priority: "1",
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/closed"] } }],
    Actions: [
      {
        Type: "fixed-response",
        FixedResponseConfig: {
          StatusCode: "403",
          ContentType: "application/json",
          MessageBody: '{"error":"x"}',
        },
      },
    ],
  };
  await deploy(listener(80, forward, [closed]));
  const answer = await ask("/closed?a=1");
  expect([
    answer.status,
    answer.headers.get("content-type"),
    answer.headers.get("server"),
    await answer.text(),
  ]).toEqual([403, "application/json", "awselb/2.0", '{"error":"x"}']);
  expect((await ask("/open")).status).toBe(503);
  expect(serverErrors).toEqual(["HTTPCode_ELB_5XX_Count"]);
});

it("forwards method, target, body and headers, and says where the request comes from", async () => {
  await deploy(listener(80, forward));
  await addTarget("one");
  const answer = await ask("/a%20b?c=d", {
    method: "POST",
    body: "hello",
    headers: { "x-own": "1", "x-local-source-ip": "203.0.113.5", "x-forwarded-for": "192.0.2.1" },
  });
  const { headers, ...seen } = (await answer.json()) as { headers: Record<string, string> };
  expect(seen).toEqual({ taskId: "one", method: "POST", url: "/a%20b?c=d", body: "hello" });
  expect(headers).toMatchObject({
    "x-own": "1",
    "x-forwarded-for": "192.0.2.1, 203.0.113.5",
    "x-forwarded-proto": "http",
    "x-forwarded-port": "80",
  });
  expect(headers).not.toHaveProperty("x-local-source-ip");
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

it("takes turns among healthy targets, and sends nothing to one that drains", async () => {
  await deploy(listener(80, forward));
  await addTarget("one");
  await addTarget("two");
  const asked = async () => ((await (await ask("/")).json()) as { taskId: string }).taskId;
  const four = [await asked(), await asked(), await asked(), await asked()];
  expect(four.sort()).toEqual(["one", "one", "two", "two"]);
  await targets.deregister(GROUP, "one");
  expect([await asked(), await asked()]).toEqual(["two", "two"]);
});

it("waits with a deregistration for the request in flight", async () => {
  await deploy(listener(80, forward));
  await addTarget("one");
  const slow = ask("/silent"); // answered with 504 after the idle timeout
  await eventually("the request is in flight", () => targets.of(GROUP)[0]!.inFlight === 1);
  let isGone = false;
  const gone = targets.deregister(GROUP, "one").then(() => (isGone = true));
  await eventually("it drains", () => targets.stateOf(GROUP, "one") === "draining");
  expect(isGone).toBe(false);
  expect((await slow).status).toBe(504);
  await gone;
  expect(targets.of(GROUP)).toEqual([]);
});

it("answers 502 when the target does not", async () => {
  await deploy(listener(80, forward));
  await addTarget("one");
  backends[0]!.closeAllConnections();
  await new Promise((resolve) => backends[0]!.close(resolve));
  expect((await ask("/")).status).toBe(502);
  expect(serverErrors).toEqual(["HTTPCode_ELB_5XX_Count"]);
});

it("has a port for each listener; a redirect to another one leads to its port", async () => {
  const redirect: Action[] = [
    { Type: "redirect", RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" } },
  ];
  await deploy(listener(80, redirect), listener(443, forward));
  await addTarget("one");
  const first = await ask("/a?b=c");
  expect(first.status).toBe(301);
  const location = first.headers.get("location")!;
  expect(location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a\?b=c$/);
  expect(location).not.toContain(loadBalancer.address);
  expect(((await (await fetch(location)).json()) as { url: string }).url).toBe("/a?b=c");
  await deploy(listener(80, redirect));
  await expect(fetch(location)).rejects.toThrow("fetch failed");
});

it("compares the path of a target that names the host as well, and forwards it as it came", async () => {
  const closed: Rule = {
    Priority: "1",
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/closed"] } }],
    Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "403" } }],
  };
  await deploy(listener(80, forward, [closed]));
  await addTarget("one");
  const [host, port] = loadBalancer.address.split(":");
  const raw = (path: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      request({ host, port, path }, (answer) => {
        let text = "";
        answer.on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode!, text }));
      })
        .on("error", reject)
        .end();
    });
  expect((await raw("http://h/closed")).status).toBe(403);
  const open = await raw("http://h/open");
  expect([open.status, (JSON.parse(open.text) as { url: string }).url]).toEqual([200, "http://h/open"]);
});
