import { isObject } from "../../contract/json";
import { addressesOpening } from "./open-addresses";
import { listOf } from "./lists";
import { policyOpenings } from "./policy-openings";

/** Finds values, nested ones too, that allow access to anyone, remove a guard or end retention. */

type Values = Readonly<Record<string, unknown>>;

/** Types that let traffic in. Who may go out is another question. */
const DOORS =
  /^aws_(?:(?:default_)?(?:security_group|network_acl)|vpc_security_group_(?!egress)|ec2_managed_prefix_list)/;

export function isDoor(type: string): boolean {
  return DOORS.test(type);
}

/** Who is allowed in by these values, one clause each; empty if access is restricted. */
export function openings(type: string, values: unknown): string[] {
  if (!isObject(values)) return [];
  const anyoneCalls =
    (type === "aws_lambda_function_url" && values.authorization_type === "NONE") ||
    (type === "aws_apigatewayv2_route" && values.authorization_type === "NONE") ||
    (type === "aws_api_gateway_method" &&
      values.authorization === "NONE" &&
      values.api_key_required !== true) ||
    (type === "aws_lambda_permission" && values.principal === "*" && !hasSource(values));
  return [
    ...addressesOpening(doorAddresses(type, values)),
    // The policy of an endpoint is about what leaves the network; everyone is everyone inside.
    ...(type === "aws_vpc_endpoint" ? [] : policyOpenings(values)),
    ...(values.publicly_accessible === true || hasPublicEndpoint(values)
      ? ["reachable from the internet"]
      : []),
    ...(anyoneCalls ? ["anyone may call it"] : []),
    ...aclOpenings(values),
    ...(isSharedWithAll(values) ? ["shared with every account"] : []),
  ];
}

/** The cluster's own API, which lets in every address unless told otherwise. */
function hasPublicEndpoint({ vpc_config }: Values): boolean {
  return blocksOf(vpc_config).some(
    ({ endpoint_public_access, public_access_cidrs = ["0.0.0.0/0"] }) =>
      endpoint_public_access === true && addressesOpening(textsIn(public_access_cidrs)).length > 0,
  );
}

function aclOpenings({ acl, access_control_policy }: Values): string[] {
  const grants = blocksOf(access_control_policy).flatMap(({ grant }) => blocksOf(grant));
  const groups = grants.flatMap(({ grantee }) => blocksOf(grantee)).map(({ uri }) => String(uri));
  if (String(acl).startsWith("public-") || groups.some((uri) => uri.endsWith("/AllUsers")))
    return ["anyone may read it"];
  return acl === "authenticated-read" || groups.some((uri) => uri.endsWith("/AuthenticatedUsers"))
    ? ["anyone with an AWS account may read it"]
    : [];
}

function isSharedWithAll({ shared_accounts, group, account_id, permissions }: Values): boolean {
  const documentAccounts = isObject(permissions) ? permissions.account_ids : undefined;
  return (
    group === "all" ||
    account_id === "all" ||
    textsIn(shared_accounts).includes("all") ||
    documentAccounts === "All"
  );
}

/** Entries of a security group, an access list or a rule that let in a large part of the internet. */
export function openEntries(type: string, values: unknown): string[] {
  if (!isObject(values)) return [];
  return doorEntries(type, values)
    .filter((entry) => addressesOpening(addressesOf(entry)).length > 0)
    .map((entry) => JSON.stringify([addressesOf(entry).sort(), PORTS.map((port) => entry[port])]));
}

const PORTS = ["protocol", "ip_protocol", "from_port", "to_port"];

/** What a change opens or ends that was not so before. */
export function turns(type: string, before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  const falls = (name: string) => Number(before[name]) > 0 && after[name] === 0;
  const stops = (name: string) => before[name] === true && after[name] === false;
  const guards = GUARDS.filter((name) => before[name] === true && after[name] !== true);
  const isPublicAccessBlock = /^aws_s3_(bucket|account)_public_access_block$/.test(type);
  const clauses: readonly [boolean, string][] = [
    [before.internal === true && after.internal === false, "becomes public: reachable from the internet"],
    [isPublicAccessBlock && guards.length > 0, `public access is no longer blocked (${guards.join(", ")})`],
    [BACKUP_DAYS.some(falls), "automated backups end, and those that are kept are deleted"],
    [
      statusOf(before) === "Enabled" && statusOf(after) !== "Enabled",
      "versioning ends: what is overwritten or deleted is lost",
    ],
    [
      type === "aws_s3_bucket_lifecycle_configuration" && expiresSooner(before, after),
      "objects are deleted sooner than before",
    ],
    [recovers(before) && !recovers(after), "point-in-time recovery ends"],
    [
      /^(HTTPS|TLS)$/.test(String(before.protocol)) && /^(HTTP|TCP)$/.test(String(after.protocol)),
      "requests are no longer encrypted",
    ],
    [type === "aws_cloudtrail" && stops("enable_logging"), "calls to AWS are no longer recorded"],
    [type === "aws_guardduty_detector" && stops("enable"), "threats are no longer detected"],
  ];
  return clauses.flatMap(([holds, clause]) => (holds ? [clause] : []));
}

const BACKUP_DAYS = [
  "backup_retention_period",
  "snapshot_retention_limit",
  "automated_snapshot_retention_period",
];

function recovers({ point_in_time_recovery }: Values): boolean {
  return blocksOf(point_in_time_recovery).some(({ enabled }) => enabled === true);
}

/** Whether a rule deletes objects, or old versions, after fewer days than it did; a rule that is new did never. */
function expiresSooner(before: Values, after: Values): boolean {
  const [old, now] = [before, after].map(
    ({ rule }) => new Map(blocksOf(rule).map((each) => [each.id, each])),
  ) as [Map<unknown, Values>, Map<unknown, Values>];
  return [...now].some(([id, rule]) => {
    const [was, will] = [old.get(id) ?? {}, rule].map(lifeOf) as [number[], number[]];
    return will.some((days, i) => days < was[i]!);
  });
}

function lifeOf({ status, expiration, noncurrent_version_expiration }: Values): number[] {
  const days = (value: unknown, name: string) => Number(blocksOf(value)[0]?.[name] || Infinity);
  return status === "Disabled"
    ? [Infinity, Infinity]
    : [days(expiration, "days"), days(noncurrent_version_expiration, "noncurrent_days")];
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
  aws_backup_plan: "backups end",
  aws_backup_selection: "backups end",
  aws_cloudtrail: "calls to AWS are no longer recorded",
  aws_config_configuration_recorder: "changes of resources are no longer recorded",
  aws_flow_log: "traffic is no longer recorded",
  aws_guardduty_detector: "threats are no longer detected",
  aws_organizations_policy_attachment: "what the organization forbids is no longer forbidden",
  aws_s3_account_public_access_block: "public access is no longer blocked",
  aws_s3_bucket_object_lock_configuration: "new objects may be deleted at once",
  aws_s3_bucket_public_access_block: "public access is no longer blocked",
  aws_s3_bucket_replication_configuration: "copies end",
  aws_s3_bucket_versioning: "versioning ends: what is overwritten or deleted is lost",
  aws_wafv2_web_acl_association: "no longer behind its firewall",
};

/** Whether a new resource of any other type lets someone in: a way to the internet or another network, a public address. */
export function isWayIn(type: string, values: unknown, knownAfterApply: readonly string[]): boolean {
  if (type === "aws_internet_gateway" || type === "aws_lambda_function_url") return true;
  if (type !== "aws_route" || !isObject(values)) return false;
  if (/^igw-/.test(String(values.gateway_id)) || knownAfterApply.includes("gateway_id")) return true;
  return NETWORKS.some((target) => Boolean(values[target]) || knownAfterApply.includes(target));
}

const NETWORKS = ["vpc_peering_connection_id", "transit_gateway_id"];

function doorAddresses(type: string, values: Values): string[] {
  return doorEntries(type, values).flatMap(addressesOf);
}

function doorEntries(type: string, values: Values): Values[] {
  if (!isDoor(type)) return [];
  const isRule = /_(rule|entry)$/.test(type);
  if (isRule && (values.type === "egress" || values.egress === true)) return [];
  const entries = isRule ? [values] : blocksOf(type.includes("prefix_list") ? values.entry : values.ingress);
  return entries.filter(({ rule_action, action }) => rule_action !== "deny" && action !== "deny");
}

function addressesOf(entry: Values): string[] {
  return SOURCES.flatMap((key) => textsIn(entry[key]));
}

const SOURCES = [
  "cidr",
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_block",
  "ipv6_cidr_block",
  "cidr_blocks",
  "ipv6_cidr_blocks",
];

function hasSource({ source_arn, source_account, principal_org_id }: Values): boolean {
  return [source_arn, source_account, principal_org_id].some((value) => Boolean(value));
}

function statusOf({ versioning_configuration, versioning }: Values): unknown {
  const [configuration] = blocksOf(versioning_configuration);
  if (configuration !== undefined) return configuration.status;
  const [own] = blocksOf(versioning);
  return own?.enabled === true ? "Enabled" : undefined;
}

function textsIn(value: unknown): string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

function blocksOf(value: unknown): Values[] {
  return listOf(value).filter(isObject);
}
