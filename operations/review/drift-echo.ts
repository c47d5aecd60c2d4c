import { isObject } from "../../contract/json";
import type { Change, ResourceChange, StateModule, TerraformPlan } from "../terraform/plan-json";

/**
 * Not every difference to the state is somebody's doing. After an apply, a role also shows the policies that other
 * resources of the stack have put on it, a route table its routes: echoes, which Terraform reads at the next refresh.
 * A reviewer who sees twenty of them no longer sees the port that was opened by hand.
 */

/** Attribute to the types that write it, each with the argument that names the resource. */
const WRITTEN_BY: Readonly<
  Record<string, Readonly<Record<string, readonly (readonly [type: string, argument: string])[]>>>
> = {
  aws_eip: Object.fromEntries(
    ["association_id", "instance", "network_interface", "private_dns", "private_ip"].map((attribute) => [
      attribute,
      [
        ["aws_nat_gateway", "allocation_id"],
        ["aws_eip_association", "allocation_id"],
      ] as const,
    ]),
  ),
  aws_iam_role: {
    inline_policy: [["aws_iam_role_policy", "role"]],
    managed_policy_arns: [["aws_iam_role_policy_attachment", "role"]],
  },
  aws_kms_key: { policy: [["aws_kms_key_policy", "key_id"]] },
  aws_route_table: { route: [["aws_route", "route_table_id"]] },
  aws_s3_bucket: {
    cors_rule: [["aws_s3_bucket_cors_configuration", "bucket"]],
    grant: [["aws_s3_bucket_acl", "bucket"]],
    lifecycle_rule: [["aws_s3_bucket_lifecycle_configuration", "bucket"]],
    logging: [["aws_s3_bucket_logging", "bucket"]],
    policy: [["aws_s3_bucket_policy", "bucket"]],
    server_side_encryption_configuration: [["aws_s3_bucket_server_side_encryption_configuration", "bucket"]],
    versioning: [["aws_s3_bucket_versioning", "bucket"]],
  },
  aws_sns_topic: { policy: [["aws_sns_topic_policy", "arn"]] },
  aws_sqs_queue: {
    policy: [["aws_sqs_queue_policy", "queue_url"]],
    redrive_allow_policy: [["aws_sqs_queue_redrive_allow_policy", "queue_url"]],
  },
};

/** Attributes that AWS moves along by itself. */
const MOVES_ALONG: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ["latest_restorable_time", "status"],
  aws_lb_target_group: ["load_balancer_arns"],
  aws_lambda_function: ["last_modified"],
  aws_dynamodb_table: ["stream_label"],
};

type Values = Readonly<Record<string, unknown>>;

interface Sibling {
  readonly type: string;
  readonly values: Values;
}

/** The drift less what is an echo of the stack itself. */
export function withoutEchoes({ type, change }: ResourceChange, siblings: readonly Sibling[]): Change {
  const [before, after] = [change.before, change.after].map((value) =>
    isObject(value) ? { ...value } : {},
  ) as [Record<string, unknown>, Record<string, unknown>];
  const own = [before.id, before.arn, before.name, before.allocation_id, before.url].filter(
    (id) => typeof id === "string",
  );
  const echoes = new Set(MOVES_ALONG[type] ?? []);
  for (const [attribute, writers] of Object.entries(WRITTEN_BY[type] ?? {})) {
    const isWritten = siblings.some((sibling) =>
      writers.some(
        ([writer, argument]) => sibling.type === writer && own.includes(String(sibling.values[argument])),
      ),
    );
    if (isWritten) echoes.add(attribute);
  }
  if (type === "aws_security_group") {
    for (const direction of ["ingress", "egress"] as const) {
      const known = rulesOf(String(before.id), direction, siblings);
      for (const side of [before, after]) side[direction] = foreignRules(side[direction], known);
    }
  }
  for (const name of Object.keys({ ...before, ...after })) {
    if (!echoes.has(name) && withoutDefaults(before[name]) !== withoutDefaults(after[name])) continue;
    delete before[name];
    delete after[name];
  }
  return { ...change, before, after };
}

/** Every resource of the stack: from its state where the plan holds it, for an unfinished plan lacks some. */
export function siblingsOf(plan: TerraformPlan): Sibling[] {
  const fromState = resourcesIn(plan.prior_state?.values?.root_module);
  const fromChanges = (plan.resource_changes ?? []).map(({ type, change }) => ({
    type,
    values: change.before,
  }));
  return [...fromState, ...fromChanges].filter((each): each is Sibling => isObject(each.values));
}

function resourcesIn(module: StateModule | undefined): { type: string; values: unknown }[] {
  if (module === undefined) return [];
  const own = (module.resources ?? []).map(({ type, values }) => ({ type, values }));
  return [...own, ...(module.child_modules ?? []).flatMap(resourcesIn)];
}

/** The rules that the stack has made for a security group. */
function rulesOf(groupId: string, direction: string, siblings: readonly Sibling[]): ReadonlySet<string> {
  const rules = siblings.filter(
    ({ type, values }) =>
      type === `aws_vpc_security_group_${direction}_rule` && values.security_group_id === groupId,
  );
  return new Set(
    rules.map(({ values }) => {
      const source =
        values.cidr_ipv4 ?? values.cidr_ipv6 ?? values.prefix_list_id ?? values.referenced_security_group_id;
      return ruleKey(values.ip_protocol, values.from_port, values.to_port, source);
    }),
  );
}

const SOURCES = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"];

/** Of the rules on a group those with a source that the stack has not let in there, less the sources that it has. */
function foreignRules(entries: unknown, known: ReadonlySet<string>): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [entry];
    const foreign = SOURCES.map((key) => {
      const sources = Array.isArray(entry[key]) ? (entry[key] as unknown[]) : [];
      const rest = sources.filter(
        (source) => !known.has(ruleKey(entry.protocol, entry.from_port, entry.to_port, source)),
      );
      return [key, rest] as const;
    });
    const isForeign = entry.self === true || foreign.some(([, rest]) => rest.length > 0);
    return isForeign ? [{ ...entry, ...Object.fromEntries(foreign) }] : [];
  });
}

/** All traffic has no ports, or ports 0 to 0. */
function ruleKey(protocol: unknown, from: unknown, to: unknown, source: unknown): string {
  return String(protocol) === "-1"
    ? `all ${String(source)}`
    : [protocol, from, to, source].map(String).join(" ");
}

/** As text, less what a provider reads as 0, false or empty where nothing was set. */
function withoutDefaults(value: unknown): string {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "null" : `[${value.map(withoutDefaults).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${withoutDefaults(value[key])}`)
    .filter((text) => !text.endsWith(":null"));
  return members.length === 0 ? "null" : `{${members.join(",")}}`;
}
