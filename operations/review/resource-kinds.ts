/** What a reviewer has to know about each resource type. */

/** Stateful types, with what is lost when one is deleted. */
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
  aws_kms_key: "data encrypted with it becomes unreadable",
  aws_kms_replica_key: "data encrypted with it becomes unreadable",
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
  aws_vpc: "everything in it is deleted too",
};

/** Types whose replacement creates a new revision with every deployment. */
const REVISIONED: Readonly<Record<string, string>> = {
  aws_api_gateway_deployment: "a new deployment",
  aws_ecs_task_definition: "a new revision, as with every deployment",
  aws_lambda_layer_version: "a new version",
};

/** Types that control access or permissions. */
const SECURITY =
  /^aws_(security_group|default_security_group|vpc_security_group_|network_acl|default_network_acl|lb_listener|alb_listener|iam_|kms_key_policy|kms_grant|s3_bucket_(policy|acl|public_access_block|ownership_controls)|sns_topic_policy|sqs_queue_policy|secretsmanager_secret_policy|ecr_repository_policy|lambda_permission|resource_policy|vpc_endpoint_policy|wafv2_|cloudtrail|guardduty|ec2_managed_prefix_list|ec2_client_vpn_authorization|vpc_peering_connection|ami_launch_permission|snapshot_create_volume_permission|ram_|organizations_policy|s3_account_public_access_block|s3_bucket_object_lock|(opensearch|elasticsearch)_domain_policy|efs_file_system_policy|ecr_registry_policy|backup_vault_(policy|lock)|cloudwatch_(log_resource_policy|event_permission|event_bus_policy)|glue_resource_policy|key_pair$)/;

/** Attributes whose change is security-relevant for any type. */
const SECURITY_ATTRIBUTES: ReadonlySet<string> = new Set([
  // Access.
  ...["publicly_accessible", "internal", "assign_public_ip", "associate_public_ip_address", "acl"],
  ...["map_public_ip_on_launch", "security_groups", "security_group_ids", "vpc_security_group_ids"],
  ...["route", "gateway_id", "authorization_type", "authorizer_id", "endpoint_public_access"],
  ...[
    "authorization",
    "subnets",
    "subnet_ids",
    "route_table_id",
    "public_access",
    "shared_accounts",
    "permissions",
  ],
  ...["vpc_peering_connection_id", "transit_gateway_id", "allow_admin_create_user_only"],
  ...["public_access_cidrs", "source_ranges", "ssl_policy", "allowed_cidr_blocks"],
  // Permissions.
  ...[
    "policy",
    "assume_role_policy",
    "inline_policy",
    "key_policy",
    "managed_policy_arns",
    "permissions_boundary",
  ],
  ...["iam_database_authentication_enabled", "enable_execute_command", "execution_role_arn", "task_role_arn"],
  ...["http_tokens", "privileged", "readonlyRootFilesystem", "linuxParameters", "role", "role_arn"],
  ...["iam_instance_profile", "access_policies", "parameter"],
  // What protects and keeps data.
  ...["storage_encrypted", "encrypted", "kms_key_id", "kms_master_key_id", "sse_algorithm"],
  ...["viewer_protocol_policy", "minimum_protocol_version", "tls_policy", "image_tag_mutability"],
  ...["transit_encryption_enabled", "at_rest_encryption_enabled", "sqs_managed_sse_enabled"],
  ...["enable_key_rotation", "is_enabled", "deletion_protection", "enable_deletion_protection"],
  ...["deletion_protection_enabled", "force_destroy", "force_delete", "skip_final_snapshot"],
  ...["delete_automated_backups", "disable_api_termination", "skip_destroy", "multi_az"],
  ...["actions_enabled", "alarm_actions", "ttl", "access_logs", "connection_logs", "scan_on_push"],
  ...["desync_mitigation_mode", "drop_invalid_header_fields", "mfa_configuration"],
  ...["point_in_time_recovery", "versioning", "versioning_configuration"],
  ...["object_lock_enabled"],
]);

/** Retention periods; a lower number loses data. */
const RETENTIONS: ReadonlySet<string> = new Set([
  "automated_snapshot_retention_period",
  "backup_retention_period",
  "delete_after",
  "deletion_window_in_days",
  "message_retention_seconds",
  "recovery_period_in_days",
  "recovery_window_in_days",
  "retention_in_days",
  "retention_period",
  "snapshot_retention_limit",
]);

/** Whether the change shortens retention; a log group without days keeps its events forever. */
export function shortens(attribute: string, before: unknown, after: unknown): boolean {
  if (!RETENTIONS.has(attribute) || typeof after !== "number") return false;
  const days = (value: unknown) => (attribute === "retention_in_days" && !value ? Infinity : Number(value));
  return days(after) < days(before);
}

/** Attributes that are security-relevant only at the top level. */
const NOT_AS_MEMBER: ReadonlySet<string> = new Set([
  "policy",
  "route",
  "versioning",
  "is_enabled",
  "gateway_id",
  "parameter",
  "permissions",
  "role",
]);

/** What is lost with the resource; undefined for a type that can be recreated without loss. */
export function lossOf(type: string): string | undefined {
  return STATEFUL[type];
}

/** Why a replacement of this type is part of every deployment; undefined for other types. */
export function revisionOf(type: string): string | undefined {
  return REVISIONED[type];
}

/** Whether an attribute controls access, permissions or data retention. */
export function isSecurityRelevant(type: string, attribute: string): boolean {
  return SECURITY.test(type)
    ? !/^(tags|tags_all|description)$/.test(attribute)
    : SECURITY_ATTRIBUTES.has(attribute);
}

/** Whether the type controls access or permissions. */
export function isSecurityType(type: string): boolean {
  return SECURITY.test(type);
}

/** Whether a nested member controls access, permissions or data retention. */
export function isSecurityMember(name: string): boolean {
  return (SECURITY_ATTRIBUTES.has(name) && !NOT_AS_MEMBER.has(name)) || RETENTIONS.has(name);
}
