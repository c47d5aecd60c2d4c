import { isObject } from "../../contract/json";

/**
 * Attributes of a resource that list what other resources of the stack wrote to it, such as a role's policies and a
 * route table's routes. Each writer returns its entries in the format of the attribute.
 */

type Values = Readonly<Record<string, unknown>>;

export interface Writer {
  readonly type: string;
  /** The argument that names the resource it writes to; without one, any of the stack is known there. */
  readonly argument?: string;
  /** The entries, or the value, that the writer's arguments become in the attribute. */
  readonly entries: (values: Values) => readonly unknown[];
}

const writer = (type: string, argument: string, entries: Writer["entries"]): readonly Writer[] => [
  { type, argument, entries },
];

const bucketSetting = (type: string, entries: Writer["entries"]): readonly Writer[] => [
  { type, argument: "bucket", entries },
];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const blocksOf = (value: unknown): readonly Values[] => listOf(value).filter(isObject);
const policyOf: Writer["entries"] = ({ policy }) => [policy];

/** Attribute to its writers, by the type of the resource that has the attribute. */
export const WRITERS: Readonly<Record<string, Readonly<Record<string, readonly Writer[]>>>> = {
  aws_acm_certificate: {
    status: writer("aws_acm_certificate_validation", "certificate_arn", () => ["ISSUED"]),
  },
  aws_eip: {
    association_id: addressWriters(({ association_id }) => association_id),
    instance: addressWriters(({ instance_id }) => instance_id),
    network_interface: addressWriters(({ network_interface_id }) => network_interface_id),
    private_dns: addressWriters(({ private_ip, private_ip_address }) => {
      const ip = private_ip ?? private_ip_address;
      return typeof ip === "string" ? `ip-${ip.replaceAll(".", "-")}` : undefined;
    }),
    private_ip: addressWriters(({ private_ip, private_ip_address }) => private_ip ?? private_ip_address),
  },
  aws_iam_role: {
    inline_policy: writer("aws_iam_role_policy", "role", ({ name, policy }) => [{ name, policy }]),
    managed_policy_arns: writer("aws_iam_role_policy_attachment", "role", ({ policy_arn }) => [policy_arn]),
  },
  aws_kms_key: { policy: writer("aws_kms_key_policy", "key_id", policyOf) },
  // Its listeners tie it to them; only one that is not of the stack is someone else's doing.
  aws_lb_target_group: { load_balancer_arns: [{ type: "aws_lb", entries: ({ arn }) => [arn] }] },
  aws_route_table: { route: writer("aws_route", "route_table_id", ({ ...route }) => [routeEntry(route)]) },
  aws_s3_bucket: {
    cors_rule: bucketSetting("aws_s3_bucket_cors_configuration", ({ cors_rule }) =>
      blocksOf(cors_rule).map(({ id: _, ...rule }) => rule),
    ),
    grant: bucketSetting("aws_s3_bucket_acl", grantEntries),
    lifecycle_rule: bucketSetting("aws_s3_bucket_lifecycle_configuration", ({ rule }) =>
      blocksOf(rule).map(lifecycleEntry),
    ),
    logging: bucketSetting("aws_s3_bucket_logging", ({ target_bucket, target_prefix }) => [
      { target_bucket, target_prefix },
    ]),
    policy: bucketSetting("aws_s3_bucket_policy", policyOf),
    server_side_encryption_configuration: bucketSetting(
      "aws_s3_bucket_server_side_encryption_configuration",
      ({ rule }) => [{ rule: blocksOf(rule).map(encryptionEntry) }],
    ),
    versioning: bucketSetting("aws_s3_bucket_versioning", ({ versioning_configuration }) =>
      blocksOf(versioning_configuration).map(({ status, mfa_delete }) => ({
        enabled: status === "Enabled",
        mfa_delete: mfa_delete === "Enabled",
      })),
    ),
  },
  aws_sns_topic: { policy: writer("aws_sns_topic_policy", "arn", policyOf) },
  aws_sqs_queue: {
    policy: writer("aws_sqs_queue_policy", "queue_url", policyOf),
    redrive_allow_policy: writer(
      "aws_sqs_queue_redrive_allow_policy",
      "queue_url",
      ({ redrive_allow_policy }) => [redrive_allow_policy],
    ),
  },
};

/** Attribute that counts the resources of another type which name this one, by the type that has the attribute. */
export const COUNTS: Readonly<Record<string, { attribute: string; type: string; argument: string }>> = {
  aws_iam_policy: {
    attribute: "attachment_count",
    type: "aws_iam_role_policy_attachment",
    argument: "policy_arn",
  },
};

function addressWriters(value: (values: Values) => unknown): readonly Writer[] {
  return ["aws_nat_gateway", "aws_eip_association"].flatMap((type) =>
    writer(type, "allocation_id", (values) => [value(values)]),
  );
}

/** A route has one argument per kind of destination; a table entry has a CIDR block. */
function routeEntry(route: Values): Values {
  const targets = Object.fromEntries(ROUTE_TARGETS.map((target) => [target, route[target]]));
  return {
    ...targets,
    cidr_block: route.destination_cidr_block,
    ipv6_cidr_block: route.destination_ipv6_cidr_block,
    destination_prefix_list_id: route.destination_prefix_list_id,
  };
}

const ROUTE_TARGETS = [
  "carrier_gateway_id",
  "core_network_arn",
  "egress_only_gateway_id",
  "gateway_id",
  "local_gateway_id",
  "nat_gateway_id",
  "network_interface_id",
  "transit_gateway_id",
  "vpc_endpoint_id",
  "vpc_peering_connection_id",
] as const;

/** The bucket lists one grant per grantee, with all of its permissions. */
function grantEntries({ access_control_policy }: Values): readonly unknown[] {
  const grants = blocksOf(access_control_policy).flatMap(({ grant }) => blocksOf(grant));
  const byGrantee = new Map<string, { id: unknown; type: unknown; uri: unknown; permissions: unknown[] }>();
  for (const { grantee, permission } of grants) {
    const [{ id, type, uri } = {} as Values] = blocksOf(grantee);
    const key = JSON.stringify([id, type, uri]);
    const entry = byGrantee.get(key) ?? { id, type, uri, permissions: [] };
    entry.permissions.push(permission);
    byGrantee.set(key, entry);
  }
  return [...byGrantee.values()].map(({ permissions, ...rest }) => ({
    ...rest,
    permissions: permissions.map(String).sort(),
  }));
}

/** The bucket's own rules use the older format: no day blocks, a prefix instead of a filter. */
function lifecycleEntry(rule: Values): Values {
  const [filter = {}] = blocksOf(rule.filter);
  const [and = {}] = blocksOf(filter.and);
  const [abort = {}] = blocksOf(rule.abort_incomplete_multipart_upload);
  const [tag] = blocksOf(filter.tag);
  return {
    id: rule.id,
    enabled: rule.status === "Enabled",
    prefix: rule.prefix || filter.prefix || and.prefix,
    tags: and.tags ?? (tag === undefined ? undefined : { [String(tag.key)]: tag.value }),
    abort_incomplete_multipart_upload_days: abort.days_after_initiation,
    expiration: rule.expiration,
    transition: rule.transition,
    noncurrent_version_expiration: blocksOf(rule.noncurrent_version_expiration).map(noncurrent),
    noncurrent_version_transition: blocksOf(rule.noncurrent_version_transition).map(noncurrent),
  };
}

function noncurrent({ noncurrent_days, storage_class }: Values): Values {
  return { days: noncurrent_days, storage_class };
}

function encryptionEntry({
  apply_server_side_encryption_by_default: by,
  bucket_key_enabled,
}: Values): Values {
  return { apply_server_side_encryption_by_default: by, bucket_key_enabled };
}
