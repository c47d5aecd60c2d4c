import { formatCidr, parseCidr } from "../../contract/cidr";
import { refuseFaults } from "../shared/faults";

/**
 * MockServer's control routes outside `/mockserver`, by method. Each route also exists under `/mockserver`,
 * so a rule for that prefix alone would leave `PUT /stop` open to everyone. MockServer compares method and
 * undecoded path with these literally, so `/%73top`, `//stop`, `/stop/` and `/STOP` are ordinary mock paths;
 * `/…/*` stands for the routes that take a name. A mock on one of these paths is hidden by MockServer itself.
 *
 * Sources, in mock-server/mockserver-monorepo: `HttpState.handle` of mockserver-core and
 * `HttpRequestHandler.channelRead0` of mockserver-netty; older versions have a part of these.
 */
export const CONTROL_ROUTES = {
  PUT: [
    "/asyncapi",
    "/asyncapi/http",
    "/asyncapi/verify",
    "/baseline/compare",
    "/bind",
    "/breakpoint/matcher",
    "/breakpoint/matcher/clear",
    "/breakpoint/matcher/remove",
    "/breakpoint/matchers",
    "/cassettes",
    "/chaosExperiment",
    "/chaosExperiment/profiles/*",
    "/clear",
    "/clock",
    "/configuration",
    "/contractTest",
    "/crud",
    "/debugMismatch",
    "/diff",
    "/drift/clear",
    "/expectation",
    "/explainUnmatched",
    "/files/delete",
    "/files/list",
    "/files/retrieve",
    "/files/store",
    "/generateExpectation",
    "/graphql",
    "/grpc/clear",
    "/grpc/descriptors",
    "/grpc/health",
    "/grpc/services",
    "/grpcChaos",
    "/import",
    "/llm/diffRuns",
    "/loadScenario",
    "/loadScenario/generateFromOpenAPI",
    "/loadScenario/generateFromRecording",
    "/loadScenario/start",
    "/loadScenario/stop",
    "/mode",
    "/oidc",
    "/openapi",
    "/pact",
    "/pact/import",
    "/pact/verify",
    "/preemption",
    "/recordings/promote",
    "/replay",
    "/reset",
    "/retrieve",
    "/saml",
    "/scenario/*",
    "/scim",
    "/serviceChaos",
    "/status",
    "/stop",
    "/tcpChaos",
    "/trafficValidate",
    "/verify",
    "/verifySLO",
    "/verifySequence",
    "/wasm/modules",
    "/wsdl",
  ],
  GET: [
    "/asyncapi",
    "/audit",
    "/breakpoint/matchers",
    "/cassettes",
    "/chaosExperiment",
    "/chaosExperiment/history",
    "/chaosExperiment/profiles",
    "/chaosExperiment/profiles/*",
    "/clock",
    "/cluster",
    "/config",
    "/configuration",
    "/drift",
    "/grpc/health",
    "/grpcChaos",
    "/http3status",
    "/llm/optimisationReport",
    "/loadScenario",
    "/loadScenario/*",
    "/logEntryBody",
    "/mode",
    "/preemption",
    "/proxyConfiguration",
    "/ready",
    "/scenario",
    "/scenario/*",
    "/serviceChaos",
    "/tcpChaos",
    "/wasm/modules",
  ],
  DELETE: [
    "/cassettes",
    "/chaosExperiment",
    "/chaosExperiment/profiles/*",
    "/loadScenario",
    "/loadScenario/*",
    "/preemption",
    "/wasm/modules",
  ],
  PATCH: ["/grpcChaos", "/serviceChaos", "/tcpChaos"],
  POST: ["/chaosExperiment/apply/*", "/wasm/test"],
} as const;

/**
 * Closed with every method: all of `/mockserver` (dashboard, MCP, metrics and every control route) and the
 * websockets of callbacks and dashboard.
 */
const CLOSED_PATHS = ["/mockserver", "/mockserver/*", "/_mockserver*"];

/**
 * Condition values per rule; method, path and source values count together. Wildcards: also 5. Rules per
 * load balancer: 100. Path patterns are case-sensitive and see the path only, never the query.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const VALUES_PER_RULE = 5;

/** First priority of each group of rules; a group has room for 99. The service's own rule has 1000. */
const PRIORITY = {
  control: 100,
  closed: 200,
  PUT: 300,
  GET: 400,
  DELETE: 500,
  PATCH: 600,
  POST: 700,
  proxy: 800,
  absolute: 900,
};

/** Load balancers take 100 rules: the rules below need 32, the service one, and some room stays. */
const MOST_CONTROL_RULES = 60;

/** A listener rule before it is a resource. */
export interface ControlPlaneRule {
  /** Also the rule's identity: a change of priority replaces a rule. */
  readonly priority: number;
  readonly action: "forward" | "deny";
  readonly sourceCidrs?: readonly string[];
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
}

/**
 * The rules, in the order of their priorities: control-plane networks reach everything; for everyone else
 * the control routes are closed. What matches none of them is a mock request, left to the service's rule.
 *
 * @throws Error with every fault: a CIDR that is malformed, open to all or given twice, or too many of them
 */
export function controlPlaneRules(controlPlaneCidrs: readonly string[]): readonly ControlPlaneRule[] {
  const cidrs = checkedCidrs(controlPlaneCidrs);
  const forward = chunks(cidrs, VALUES_PER_RULE).map((sourceCidrs, slot) => ({
    priority: PRIORITY.control + slot,
    action: "forward" as const,
    sourceCidrs,
  }));
  const deny = (group: keyof typeof CONTROL_ROUTES): readonly ControlPlaneRule[] =>
    chunks(CONTROL_ROUTES[group], VALUES_PER_RULE - 1).map((paths, slot) => ({
      priority: PRIORITY[group] + slot,
      action: "deny",
      methods: [group],
      paths,
    }));
  return [
    ...forward,
    { priority: PRIORITY.closed, action: "deny", paths: CLOSED_PATHS },
    ...deny("PUT"),
    ...deny("GET"),
    ...deny("DELETE"),
    ...deny("PATCH"),
    ...deny("POST"),
    // MockServer is also an HTTP proxy.
    { priority: PRIORITY.proxy, action: "deny", methods: ["CONNECT"] },
    // MockServer takes what stands before a scheme for the path: it handles `PUT /stophttp://` as `PUT /stop`.
    { priority: PRIORITY.absolute, action: "deny", paths: ["*http://*", "*https://*"] },
  ];
}

function checkedCidrs(given: readonly string[]): readonly string[] {
  const faults: string[] = [];
  const cidrs = given.flatMap((text) => {
    try {
      const cidr = parseCidr(text);
      if (cidr.prefixLength === 0)
        faults.push("0.0.0.0/0 opens MockServer's control plane, with /stop, to everyone; name the networks");
      return [formatCidr(cidr)];
    } catch (error) {
      faults.push((error as Error).message);
      return [];
    }
  });
  const twice = new Set(cidrs.filter((cidr, index) => cidrs.indexOf(cidr) !== index));
  for (const cidr of twice) faults.push(`${cidr} is given twice; give it once`);
  const most = MOST_CONTROL_RULES * VALUES_PER_RULE;
  if (cidrs.length > most)
    faults.push(`${cidrs.length} networks are given, at most ${most} fit; merge some into larger networks`);
  refuseFaults("controlPlaneCidrs", faults);
  return cidrs.sort();
}

function chunks<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.slice(i * size, (i + 1) * size),
  );
}
