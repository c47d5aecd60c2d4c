import fc from "fast-check";
import { contains, parseCidr } from "../../../contract/cidr";
import {
  CONTROL_ROUTES,
  controlPlaneRules,
  type ControlPlaneRule,
} from "../../../modules/mockserver/control-plane";

interface Request {
  readonly source: string;
  readonly method: string;
  readonly path: string;
}

/** Whether MockServer treats a request as a control request, according to its source. */
function isControl(method: string, path: string): boolean {
  if (/https?:\/\//.test(path)) return true;
  if (/^\/(mockserver(\/.*)?|_mockserver_.*_websocket)$/.test(path) || method === "CONNECT") return true;
  const routes: Readonly<Record<string, readonly string[]>> = CONTROL_ROUTES;
  return (routes[method] ?? []).some((route) =>
    route.endsWith("/*") ? path.startsWith(route.slice(0, -1)) : path === route,
  );
}

/** A load balancer: the first rule by priority whose conditions all match. A condition matches with any value. */
function answer(rules: readonly ControlPlaneRule[], { source, method, path }: Request): string {
  const address = parseCidr(`${source}/32`);
  const inOrder = [...rules].sort((a, b) => a.priority - b.priority);
  const matched = inOrder.find(
    ({ sourceCidrs, methods, paths }) =>
      (sourceCidrs === undefined || sourceCidrs.some((cidr) => contains(parseCidr(cidr), address))) &&
      (methods === undefined || methods.includes(method)) &&
      (paths === undefined || paths.some((pattern) => matches(pattern, path))),
  );
  return matched?.action ?? "mock";
}

/** ALB path patterns: `*` is any characters, `?` is one; everything else is literal and case-sensitive. */
function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s").test(path);
}

const CONTROL = "10.1.2.3";
const API = "198.51.100.7";
const RULES = controlPlaneRules(["10.0.0.0/8", "203.0.113.0/28"]);

const METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT"];
const ROUTES = Object.entries(CONTROL_ROUTES).flatMap(([method, paths]) =>
  paths.map((path) => ({ method, path: path.replace("*", "a-name") })),
);

/** Every route, in both spellings and the variants that a client could try. */
const variants = (path: string) => [
  path,
  `/mockserver${path}`,
  `${path}/`,
  `/${path}`,
  `/mockserver/${path}`,
  path.replace(/^\/(.)/, (_, first: string) => `/%${first.charCodeAt(0).toString(16)}`),
  `/%6dockserver${path}`,
  path.toUpperCase(),
  `/x/..${path}`,
  `/mockserver/x/..${path}`,
  `${path};x=1`,
];

describe("control-plane rules", () => {
  it("block every control route for the API's networks, in every spelling that MockServer accepts", () => {
    let closed = 0;
    for (const { path } of ROUTES)
      for (const variant of variants(path))
        for (const method of METHODS)
          if (isControl(method, variant)) {
            closed += 1;
            expect([method, variant, answer(RULES, { source: API, method, path: variant })]).toEqual([
              method,
              variant,
              "deny",
            ]);
          }
    // All 105 routes with their method, and each under /mockserver with every method; guards against an empty loop.
    expect(ROUTES).toHaveLength(105);
    expect(closed).toBeGreaterThan(105 + 105 * METHODS.length);
  });

  it.each(
    // Routes of every version since 5.15, listed independently of the table of routes.
    "bind clear expectation openapi reset retrieve status stop verify verifySequence".split(" "),
  )("close PUT /%s, with and without the prefix", (route) => {
    for (const path of [`/${route}`, `/mockserver/${route}`])
      expect(answer(RULES, { source: API, method: "PUT", path })).toBe("deny");
  });

  it("allow everything for the control plane's networks", () => {
    for (const { method, path } of ROUTES)
      for (const variant of variants(path))
        for (const source of [CONTROL, "203.0.113.15"])
          expect(answer(RULES, { source, method, path: variant })).toBe("forward");
  });

  it("forward mocks to the service for everyone", () => {
    const mocks = [
      ["GET", "/status"],
      ["POST", "/reset"],
      ["POST", "/verify"],
      ["PUT", "/orders/1"],
      ["PUT", "/files/1"],
      ["GET", "/mockservers"],
      ["GET", "/api/mockserver/status"],
      ["DELETE", "/expectation"],
      ["PATCH", "/configuration"],
      ["GET", "/"],
      ["PUT", "/users/jo%40example.com"],
      ["PUT", "/stop/1"],
    ] as const;
    for (const [method, path] of mocks) {
      expect([path, answer(RULES, { source: API, method, path })]).toEqual([path, "mock"]);
      expect([path, answer(RULES, { source: CONTROL, method, path })]).toEqual([path, "forward"]);
    }
  });

  it("block only control requests", () => {
    const segment = fc.constantFrom(
      "stop",
      "mockserver",
      "status",
      "scenario",
      "orders",
      "_mockserver_x",
      "%73top",
      "",
    );
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(fc.constantFrom(...METHODS), path, (method, asked) => {
        fc.pre(!asked.startsWith("/_mockserver"));
        const denied = answer(RULES, { source: API, method, path: asked }) === "deny";
        expect(denied).toBe(isControl(method, asked));
      }),
    );
  });

  it.each([
    ["the stop route", "PUT", "/stop"],
    ["the stop route under the prefix", "PUT", "/mockserver/stop"],
    ["the dashboard", "GET", "/mockserver/dashboard"],
    ["the MCP endpoint", "POST", "/mockserver/mcp"],
    ["the prefix itself", "GET", "/mockserver"],
    ["callbacks by websocket", "GET", "/_mockserver_callback_websocket"],
    ["the dashboard's websocket", "GET", "/_mockserver_ui_websocket"],
    ["the proxy", "CONNECT", "/"],
    ["the body of a log entry, since 9.1.0", "GET", "/logEntryBody"],
    ["a path with a scheme behind it", "PUT", "/stophttp://"],
    ["a whole address", "PUT", "https://mock.example.com/stop"],
    ["a scenario", "PUT", "/scenario/login"],
  ])("close %s", (_, method, path) => expect(answer(RULES, { source: API, method, path })).toBe("deny"));

  it("block the control plane for everyone if no network is given", () => {
    const rules = controlPlaneRules([]);
    expect(rules.every(({ action }) => action === "deny")).toBe(true);
    expect(answer(rules, { source: CONTROL, method: "PUT", path: "/stop" })).toBe("deny");
  });

  it("stay within the load balancer's limits for any number of networks", () => {
    const cidrs = Array.from({ length: 300 }, (_, i) => `10.${Math.floor(i / 256)}.${i % 256}.0/24`);
    for (const given of [[], cidrs.slice(0, 5), cidrs.slice(0, 6), cidrs]) {
      const rules = controlPlaneRules(given);
      expect(rules.filter(({ action }) => action === "forward")).toHaveLength(Math.ceil(given.length / 5));
      expect(rules.length).toBeLessThanOrEqual(99);
      expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
      for (const { priority, sourceCidrs = [], methods = [], paths = [] } of rules) {
        const values = [...sourceCidrs, ...methods, ...paths];
        expect(values.length).toBeGreaterThan(0);
        expect(values.length).toBeLessThanOrEqual(5);
        expect(paths.join("").replace(/[^*?]/g, "").length).toBeLessThanOrEqual(5);
        expect(priority).toBeLessThan(1000);
        for (const path of paths) expect(path).toMatch(/^[\w\-.$/~"'@:+&*?]{1,128}$/);
      }
    }
  });

  it("keep each group within its hundred priorities, sorted and without duplicate routes", () => {
    for (const paths of Object.values(CONTROL_ROUTES)) {
      expect([...paths]).toEqual([...new Set(paths)].sort());
      expect(Math.ceil(paths.length / 4)).toBeLessThan(100);
    }
  });

  it("do not depend on the order of the networks", () =>
    expect(controlPlaneRules(["203.0.113.0/28", "10.0.0.0/8"])).toEqual(RULES));

  it.each([
    [
      ["0.0.0.0/0"],
      "controlPlaneCidrs: 0.0.0.0/0 opens MockServer's control plane, with /stop, to everyone; name the networks",
    ],
    [["10.0.0.0/8", "10.0.0.0/8"], "controlPlaneCidrs: 10.0.0.0/8 is given twice; give it once"],
    [["10.0.0.1"], 'controlPlaneCidrs: "10.0.0.1" is not an IPv4 network'],
    [
      Array.from({ length: 301 }, (_, i) => `10.${Math.floor(i / 256)}.${i % 256}.0/24`),
      "controlPlaneCidrs: 301 networks are given, at most 300 fit; merge some into larger networks",
    ],
  ])("refuse %j", (cidrs, message) => expect(() => controlPlaneRules(cidrs)).toThrow(message));
});
