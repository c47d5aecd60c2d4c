/** What a reviewer has to know about a resource type before reading a single attribute. */

/** Types whose loss cannot be undone by applying again, with what is lost. */
const STATEFUL: Readonly<Record<string, string>> = {
  aws_acm_certificate: "certificate: validated again",
  aws_backup_vault: "holds backups",
  aws_cloudwatch_log_group: "holds logs",
  aws_cognito_user_pool: "holds users",
  aws_db_cluster_snapshot: "holds data",
  aws_db_instance: "holds data",
  aws_db_instance_automated_backups_replication: "holds backups",
  aws_db_snapshot: "holds data",
  aws_docdb_cluster: "holds data",
  aws_dynamodb_table: "holds data",
  aws_ebs_volume: "holds data",
  aws_ecr_repository: "holds images",
  aws_efs_file_system: "holds data",
  aws_eip: "public address changes",
  aws_elasticache_cluster: "holds data",
  aws_elasticache_replication_group: "holds data",
  aws_elb: "DNS name changes",
  aws_instance: "local disks are lost",
  aws_kinesis_stream: "holds data",
  aws_kms_key: "what it encrypted cannot be read without it",
  aws_kms_replica_key: "what it encrypted cannot be read without it",
  aws_lb: "DNS name changes",
  aws_nat_gateway: "outgoing connections break",
  aws_opensearch_domain: "holds data",
  aws_rds_cluster: "holds data",
  aws_redshift_cluster: "holds data",
  aws_route53_zone: "name servers change",
  aws_s3_bucket: "holds objects",
  aws_s3_object: "its content is lost",
  aws_secretsmanager_secret: "holds a secret",
  aws_secretsmanager_secret_version: "holds a secret",
  aws_sns_topic_subscription: "has to be confirmed again",
  aws_sqs_queue: "holds messages",
  aws_ssm_parameter: "holds a value",
  aws_vpc: "everything in it goes with it",
};

/** Types whose "replacement" is a new revision beside the old one: each deployment makes one. */
const REVISIONED: Readonly<Record<string, string>> = {
  aws_api_gateway_deployment: "a new deployment",
  aws_ecs_task_definition: "a new revision, as with every deployment",
  aws_lambda_layer_version: "a new version",
};

/** Types that decide who may reach or do what. */
const SECURITY =
  /^aws_(security_group|default_security_group|vpc_security_group_|network_acl|default_network_acl|lb_listener|alb_listener|iam_|kms_key_policy|kms_grant|s3_bucket_(policy|acl|public_access_block|ownership_controls)|sns_topic_policy|sqs_queue_policy|secretsmanager_secret_policy|ecr_repository_policy|lambda_permission|resource_policy|vpc_endpoint_policy|wafv2_|cloudtrail|guardduty)/;

/** Attributes that make a change of any type one about security. */
const SECURITY_ATTRIBUTES: ReadonlySet<string> = new Set([
  // Who may reach it.
  ...["publicly_accessible", "internal", "assign_public_ip", "associate_public_ip_address", "acl"],
  ...["map_public_ip_on_launch", "security_groups", "security_group_ids", "vpc_security_group_ids"],
  ...["route", "gateway_id", "authorization_type", "authorizer_id", "endpoint_public_access"],
  ...["public_access_cidrs", "source_ranges", "ssl_policy", "allowed_cidr_blocks"],
  // Who may do what.
  ...[
    "policy",
    "assume_role_policy",
    "inline_policy",
    "key_policy",
    "managed_policy_arns",
    "permissions_boundary",
  ],
  ...["iam_database_authentication_enabled", "enable_execute_command", "execution_role_arn", "task_role_arn"],
  ...["http_tokens", "privileged"],
  // What protects and keeps data.
  ...["storage_encrypted", "encrypted", "kms_key_id", "kms_master_key_id", "sse_algorithm"],
  ...["transit_encryption_enabled", "at_rest_encryption_enabled", "sqs_managed_sse_enabled"],
  ...["enable_key_rotation", "is_enabled", "deletion_protection", "enable_deletion_protection"],
  ...["deletion_protection_enabled", "force_destroy", "force_delete", "skip_final_snapshot"],
  ...["delete_automated_backups"],
  ...["point_in_time_recovery", "versioning", "versioning_configuration"],
  ...["object_lock_enabled"],
]);

/** How long something is kept: a lower number loses something. */
const RETENTIONS: ReadonlySet<string> = new Set([
  "backup_retention_period",
  "deletion_window_in_days",
  "recovery_window_in_days",
  "retention_in_days",
  "snapshot_retention_limit",
]);

/** Whether a change of this attribute keeps something for a shorter time; log groups without days keep forever. */
export function shortens(attribute: string, before: unknown, after: unknown): boolean {
  if (!RETENTIONS.has(attribute) || typeof after !== "number") return false;
  const days = (value: unknown) => (attribute === "retention_in_days" && !value ? Infinity : Number(value));
  return days(after) < days(before);
}

/** Attributes that are about security by themselves, and not as a member of another one. */
const NOT_AS_MEMBER: ReadonlySet<string> = new Set([
  "policy",
  "route",
  "versioning",
  "is_enabled",
  "gateway_id",
]);

/** What is lost with the resource; undefined for a type that can be made again without loss. */
export function lossOf(type: string): string | undefined {
  return STATEFUL[type];
}

/** Why a replacement of this type is part of every deployment; undefined for all other types. */
export function revisionOf(type: string): string | undefined {
  return REVISIONED[type];
}

/** Whether an attribute decides who may reach or do what, or how data is kept. */
export function isSecurityRelevant(type: string, attribute: string): boolean {
  return SECURITY.test(type)
    ? !/^(tags|tags_all|description)$/.test(attribute)
    : SECURITY_ATTRIBUTES.has(attribute);
}

/** Whether the type itself is about who may reach or do what. */
export function isSecurityType(type: string): boolean {
  return SECURITY.test(type);
}

/** Whether a member of an attribute decides who may reach or do what, or how data is kept. */
export function isSecurityMember(name: string): boolean {
  return SECURITY_ATTRIBUTES.has(name) && !NOT_AS_MEMBER.has(name);
}
