/** Goes with another resource of the same state, or is nothing in AWS at all. */
const PART = "part";

/**
 * Terraform's types by the handler that deletes them. What is not here is unknown: it blocks "done" by name and is
 * never skipped.
 */
export const TERRAFORM_TYPES: Readonly<Record<string, string>> = {
  aws_acm_certificate: "acm:certificate",
  aws_acm_certificate_validation: PART, // waits for the certificate, is nothing itself
  aws_appautoscaling_policy: PART, // of its target
  aws_appautoscaling_scheduled_action: PART,
  aws_appautoscaling_target: "application-autoscaling:scalable-target",
  aws_cloudwatch_composite_alarm: "cloudwatch:composite-alarm",
  aws_cloudwatch_dashboard: "cloudwatch:dashboard",
  aws_cloudwatch_event_rule: "events:rule",
  aws_cloudwatch_event_target: PART, // of its rule
  aws_cloudwatch_log_group: "logs:log-group",
  aws_cloudwatch_log_metric_filter: PART, // of its log group
  aws_cloudwatch_metric_alarm: "cloudwatch:metric-alarm",
  aws_cloudwatch_query_definition: "logs:query-definition",
  aws_db_instance: "rds:db-instance",
  aws_db_parameter_group: "rds:db-parameter-group",
  aws_db_subnet_group: "rds:db-subnet-group",
  aws_default_network_acl: PART, // of its VPC, like the next two
  aws_default_route_table: PART,
  aws_default_security_group: PART,
  aws_dynamodb_table: "dynamodb:table",
  aws_ecr_lifecycle_policy: PART, // of its repository
  aws_ecr_repository: "ecr:repository",
  aws_ecr_repository_policy: PART,
  aws_ecs_cluster: "ecs:cluster",
  aws_ecs_cluster_capacity_providers: PART, // of its cluster
  aws_ecs_service: "ecs:service",
  aws_ecs_task_definition: "ecs:task-definition",
  aws_eip: "ec2:elastic-ip",
  aws_flow_log: "ec2:flow-log",
  aws_iam_policy: "iam:policy",
  aws_iam_role: "iam:role",
  aws_iam_role_policies_exclusive: PART, // of its role, like the next three
  aws_iam_role_policy: PART,
  aws_iam_role_policy_attachment: PART,
  aws_iam_role_policy_attachments_exclusive: PART,
  aws_internet_gateway: "ec2:internet-gateway",
  aws_kms_alias: "kms:alias",
  aws_kms_key: "kms:key",
  aws_kms_key_policy: PART,
  aws_lambda_function: "lambda:function",
  aws_lambda_permission: PART, // of its function
  aws_lb: "elasticloadbalancing:load-balancer",
  aws_lb_listener: "elasticloadbalancing:listener",
  aws_lb_listener_certificate: PART, // of its listener
  aws_lb_listener_rule: "elasticloadbalancing:listener-rule",
  aws_lb_target_group: "elasticloadbalancing:target-group",
  aws_nat_gateway: "ec2:nat-gateway",
  aws_network_acl: "ec2:network-acl",
  aws_network_acl_rule: PART,
  aws_network_interface: "ec2:network-interface",
  aws_route: PART, // of its route table
  aws_route53_record: "route53:record",
  aws_route_table: "ec2:route-table",
  aws_route_table_association: PART,
  aws_s3_bucket: "s3:bucket",
  aws_s3_bucket_lifecycle_configuration: PART, // of its bucket, like all that follow
  aws_s3_bucket_logging: PART,
  aws_s3_bucket_notification: PART,
  aws_s3_bucket_ownership_controls: PART,
  aws_s3_bucket_policy: PART,
  aws_s3_bucket_public_access_block: PART,
  aws_s3_bucket_server_side_encryption_configuration: PART,
  aws_s3_bucket_versioning: PART,
  aws_s3_object: PART,
  aws_secretsmanager_secret: "secretsmanager:secret",
  aws_secretsmanager_secret_policy: PART,
  aws_secretsmanager_secret_version: PART,
  aws_security_group: "ec2:security-group",
  aws_sns_topic: "sns:topic",
  aws_sns_topic_policy: PART, // of its topic
  aws_sns_topic_subscription: PART,
  aws_sqs_queue: "sqs:queue",
  aws_sqs_queue_policy: PART,
  aws_sqs_queue_redrive_policy: PART,
  aws_subnet: "ec2:subnet",
  aws_vpc: "ec2:vpc",
  aws_vpc_endpoint: "ec2:vpc-endpoint",
  aws_vpc_security_group_egress_rule: PART, // of its group
  aws_vpc_security_group_ingress_rule: PART,
  // No resources of AWS.
  null_resource: PART,
  random_id: PART,
  random_password: PART,
  terraform_data: PART,
  time_sleep: PART,
};

/** Who deletes a resource of Terraform's: a handler, another resource that it goes with, or nobody we know. */
export type HandledBy = { readonly type: string } | "part" | "unsupported";

/** @param attributes those of the state that tell two kinds of one Terraform type apart */
export function handlerOf(
  terraformType: string,
  attributes: { readonly service_namespace?: string },
): HandledBy {
  const isScaling = terraformType.startsWith("aws_appautoscaling_");
  if (isScaling && attributes.service_namespace !== "ecs") return "unsupported";
  const handler = TERRAFORM_TYPES[terraformType];
  if (handler === undefined) return "unsupported";
  return handler === PART ? PART : { type: handler };
}
