import { contains, parseCidr } from "../../contract/cidr";
import { isObject, type JsonObject } from "../../contract/json";

/** A host that a forwarding action names, and where. */
export interface ForwardTarget {
  readonly path: readonly PropertyKey[];
  readonly host: string;
}

/** The hosts that an expectation forwards to, as far as they are literals. */
export function* forwardTargets(expectation: JsonObject): Iterable<ForwardTarget> {
  for (const path of TARGETS) {
    const host = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), expectation);
    if (typeof host === "string") yield { path, host };
  }
  const { steps } = expectation;
  for (const [i, step] of Array.isArray(steps) ? steps.entries() : []) {
    if (!isObject(step)) continue;
    for (const { path, host } of forwardTargets(step)) yield { path: ["steps", i, ...path], host };
  }
}

const TARGETS: readonly (readonly string[])[] = [
  ["httpForward", "host"],
  ["httpForwardValidateAction", "host"],
  ["httpForwardWithFallback", "httpForward", "host"],
  ["httpOverrideForwardedRequest", "requestOverride", "socketAddress", "host"],
  ["httpOverrideForwardedRequest", "httpRequest", "socketAddress", "host"],
];

/** Loopback, private, link-local (the task's credentials) and unspecified addresses. */
const PRIVATE_NETWORKS = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
].map(parseCidr);

/** Whether MockServer, told to block private networks, refuses to forward to a host for its name alone. */
export function isPrivateHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost" || bare.endsWith(".localhost")) return true;
  if (/^(::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)$/.test(bare)) return true;
  const v4 = bare.replace(/^::ffff:/, "");
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(v4) || v4.split(".").some((octet) => Number(octet) > 255)) return false;
  const address = parseCidr(`${v4.split(".").map(Number).join(".")}/32`);
  return PRIVATE_NETWORKS.some((network) => contains(network, address));
}
