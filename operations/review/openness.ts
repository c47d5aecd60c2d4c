import { isObject } from "../../contract/json";
import { parsed } from "./masking";

/** Finds values, nested ones too, that allow access to anyone, remove a guard or end retention. */

type Values = Readonly<Record<string, unknown>>;

const WHOLE_INTERNET = "open to the whole internet";
const PART_OF_INTERNET = "open to a large part of the internet";

/** Types that allow incoming traffic. Outgoing traffic is not checked here. */
const DOORS = /^aws_(?:(?:default_)?(?:security_group|network_acl)|vpc_security_group_(?!egress))/;

export function isDoor(type: string): boolean {
  return DOORS.test(type);
}

/** Who is allowed in by these values, one clause each; empty if access is restricted. */
export function openings(type: string, values: unknown): string[] {
  if (!isObject(values)) return [];
  return [
    ...doorOpening(type, values),
    // An endpoint's policy controls what leaves the network, and "everyone" is everyone inside it.
    ...(type === "aws_vpc_endpoint" ? [] : policyOpenings(values)),
    ...(values.publicly_accessible === true ? ["reachable from the internet"] : []),
    ...(type === "aws_lambda_function_url" && values.authorization_type === "NONE"
      ? ["anyone may call it"]
      : []),
    ...(type === "aws_lambda_permission" && values.principal === "*" && !hasSource(values)
      ? ["anyone may call it"]
      : []),
    ...(typeof values.acl === "string" && values.acl.startsWith("public-") ? ["anyone may read it"] : []),
  ];
}

/** What a change opens to the internet or turns off. */
export function turns(type: string, before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  const falls = (name: string) => Number(before[name]) > 0 && after[name] === 0;
  const guards = GUARDS.filter((name) => before[name] === true && after[name] !== true);
  return [
    ...(before.internal === true && after.internal === false
      ? ["becomes public: reachable from the internet"]
      : []),
    ...(type === "aws_s3_bucket_public_access_block" && guards.length > 0
      ? [`public access is no longer blocked (${guards.join(", ")})`]
      : []),
    ...(falls("backup_retention_period") || falls("snapshot_retention_limit")
      ? ["automated backups end, and those that are kept are deleted"]
      : []),
    ...(statusOf(before) === "Enabled" && statusOf(after) !== "Enabled"
      ? ["versioning ends: overwritten and deleted objects are lost"]
      : []),
  ];
}

const GUARDS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/** What stops working when a guard is destroyed and the resource it guards stays. */
export function guardLost(type: string, before: unknown, gone: ReadonlySet<unknown>): string | undefined {
  if (
    isObject(before) &&
    [before.bucket, before.resource_arn, before.vpc_id].some((id) => typeof id === "string" && gone.has(id))
  )
    return undefined;
  return LOST_GUARDS[type];
}

const LOST_GUARDS: Readonly<Record<string, string>> = {
  aws_cloudtrail: "calls to AWS are no longer recorded",
  aws_flow_log: "traffic is no longer recorded",
  aws_s3_bucket_public_access_block: "public access is no longer blocked",
  aws_s3_bucket_versioning: "versioning ends: overwritten and deleted objects are lost",
  aws_wafv2_web_acl_association: "no longer behind its firewall",
};

/** Whether a new resource of another type allows access: a route to the internet, a public address. */
export function isWayIn(type: string, values: unknown): boolean {
  if (type === "aws_internet_gateway" || type === "aws_lambda_function_url") return true;
  return type === "aws_route" && isObject(values) && /^igw-/.test(String(values.gateway_id));
}

function doorOpening(type: string, values: Values): string[] {
  if (!isDoor(type)) return [];
  const isRule = type.endsWith("_rule");
  if (isRule && (values.type === "egress" || values.egress === true)) return [];
  const entries = isRule ? [values] : Array.isArray(values.ingress) ? (values.ingress as unknown[]) : [];
  const allowing = entries
    .filter(isObject)
    .filter(({ rule_action, action }) => rule_action !== "deny" && action !== "deny");
  return internetOpening(allowing.flatMap((entry) => SOURCES.flatMap((key) => textsIn(entry[key]))));
}

const SOURCES = [
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_block",
  "ipv6_cidr_block",
  "cidr_blocks",
  "ipv6_cidr_blocks",
];

const ALL_IPV4 = 2 ** 32;
/** A block of a quarter of all addresses is not a private network. */
const LARGE_PART = ALL_IPV4 / 4;
/** All public IPv6 addresses are in 2000::/3. */
const LARGE_IPV6_PREFIX = 8;

function internetOpening(cidrs: readonly string[]): string[] {
  let covered = 0;
  let end = 0;
  for (const [from, to] of cidrs.flatMap(ipv4Range).sort(([a], [b]) => a - b)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  const ipv6 = cidrs.filter((cidr) => cidr.includes(":")).map((cidr) => Number(cidr.split("/")[1] ?? 128));
  if (covered === ALL_IPV4 || ipv6.includes(0)) return [WHOLE_INTERNET];
  const isLarge = covered >= LARGE_PART || ipv6.some((prefix) => prefix <= LARGE_IPV6_PREFIX);
  return isLarge ? [PART_OF_INTERNET] : [];
}

function ipv4Range(cidr: string): [number, number][] {
  const [, address, prefix = "32"] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr.trim()) ?? [];
  if (address === undefined) return [];
  const size = 2 ** (32 - Math.min(32, Number(prefix)));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = number - (number % size);
  return [[from, from + size]];
}

/** Policy statements that let everyone do something unconditionally. */
function policyOpenings(values: Values): string[] {
  const clauses = Object.entries(values).flatMap(([name, value]) => {
    const document = typeof value === "string" ? parsed(value) : undefined;
    const statements = isObject(document) ? listOf(document.Statement).filter(isObject) : [];
    return statements.some(isForEveryone)
      ? [name === "assume_role_policy" ? "anyone may assume it" : "its policy lets in anyone"]
      : [];
  });
  return [...new Set(clauses)];
}

function isForEveryone({ Effect, Principal, Condition, NotPrincipal }: Values): boolean {
  if (Effect !== "Allow" || (isObject(Condition) && Object.keys(Condition).length > 0)) return false;
  if (NotPrincipal !== undefined) return true;
  const principals = isObject(Principal) ? listOf(Principal.AWS) : listOf(Principal);
  return principals.includes("*");
}

function hasSource({ source_arn, source_account, principal_org_id }: Values): boolean {
  return [source_arn, source_account, principal_org_id].some((value) => Boolean(value));
}

function statusOf({ versioning_configuration, versioning }: Values): unknown {
  const [configuration] = listOf(versioning_configuration).filter(isObject);
  if (configuration !== undefined) return configuration.status;
  const [own] = listOf(versioning).filter(isObject);
  return own?.enabled === true ? "Enabled" : undefined;
}

function textsIn(value: unknown): string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value];
}
