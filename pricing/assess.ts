import { type TerraformResource } from "../contract/terraform-json";
import type { Assessment, Rule } from "./charge";
import { database } from "./database-rule";
import { alarm, dynamoTable, insights, instance, lambda, notification, secret, volume } from "./rules";
import { eip, endpoint, firewall, loadBalancer, natGateway } from "./network-rules";
import { service } from "./service-rule";
import { type Inventory } from "./resource";

/** Each type that costs something, and how. */
const RULES: Readonly<Record<string, Rule>> = {
  aws_acm_certificate: ({ values }) =>
    values.certificate_authority_arn
      ? { unpriced: ["its certificate authority sets the price of a private certificate"] }
      : {},
  aws_cloudwatch_composite_alarm: () => ({ charges: [{ priceId: "alarm-composite", quantity: 1 }] }),
  aws_cloudwatch_dashboard: () => ({ charges: [{ priceId: "dashboard", quantity: 1 }] }),
  aws_cloudwatch_log_group: () => ({ usage: ["logs-ingested", "logs-stored", "logs-queried"] }),
  aws_cloudwatch_log_metric_filter: () => ({ usage: ["custom-metric"] }),
  aws_cloudwatch_metric_alarm: alarm,
  aws_db_instance: database,
  aws_db_instance_automated_backups_replication: () => ({ usage: ["rds-backup", "data-between-regions"] }),
  aws_dynamodb_table: dynamoTable,
  aws_ebs_volume: volume,
  aws_ecr_repository: () => ({ usage: ["ecr-storage"] }),
  aws_ecs_cluster: insights,
  aws_ecs_service: service,
  aws_eip: eip,
  aws_flow_log: () => ({ usage: ["logs-ingested"] }),
  aws_instance: instance,
  aws_kms_key: ({ values }) => ({
    charges: [
      {
        priceId: "kms-key",
        quantity: 1,
        ...(values.enable_key_rotation === true && {
          assumption: "in its first year; each of the first two rotations adds the same amount",
        }),
      },
    ],
    usage: ["kms-request"],
  }),
  aws_lambda_function: lambda,
  aws_lb: loadBalancer,
  aws_nat_gateway: natGateway,
  aws_route53_record: ({ values }) =>
    values.alias === undefined || (Array.isArray(values.alias) && values.alias.length === 0)
      ? { usage: ["route53-query"] }
      : {},
  aws_s3_bucket: () => ({ usage: ["s3-storage", "s3-put", "s3-get"] }),
  aws_s3_bucket_notification: notification,
  aws_scheduler_schedule: () => ({ usage: ["schedule"] }),
  aws_secretsmanager_secret: secret,
  aws_sns_topic: () => ({ usage: ["sns-email"] }),
  aws_sqs_queue: () => ({ usage: ["sqs-request"] }),
  aws_ssm_parameter: ({ values }) =>
    values.tier === "Advanced" || values.tier === "Intelligent-Tiering"
      ? { unpriced: ["an advanced parameter"] }
      : {},
  aws_vpc_endpoint: endpoint,
  aws_wafv2_web_acl: firewall,
};

/** Types that are free: settings, permissions, and parts of resources that are priced elsewhere. */
const FREE: ReadonlySet<string> = new Set([
  "aws_acm_certificate_validation",
  "aws_appautoscaling_policy",
  "aws_appautoscaling_scheduled_action",
  "aws_appautoscaling_target",
  // It only notifies. https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/
  "aws_budgets_budget",
  // Events that services send by themselves are free.
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_query_definition",
  "aws_db_parameter_group",
  "aws_db_subnet_group",
  "aws_default_security_group",
  "aws_dynamodb_table_item",
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
  "aws_ec2_instance_connect_endpoint",
  "aws_ecr_lifecycle_policy",
  "aws_ecr_repository_policy",
  "aws_ecs_cluster_capacity_providers",
  // The service that runs it is priced.
  "aws_ecs_task_definition",
  "aws_iam_instance_profile",
  "aws_iam_openid_connect_provider",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policies_exclusive",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_iam_role_policy_attachments_exclusive",
  "aws_internet_gateway",
  "aws_kms_alias",
  "aws_kms_key_policy",
  "aws_lambda_event_source_mapping",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_permission",
  // What starts from it is priced while it runs.
  "aws_launch_template",
  "aws_lb_listener",
  "aws_lb_listener_certificate",
  "aws_lb_listener_rule",
  "aws_lb_target_group",
  "aws_route",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  // Its storage is part of its bucket.
  "aws_s3_object",
  "aws_scheduler_schedule_group",
  "aws_secretsmanager_secret_policy",
  "aws_secretsmanager_secret_version",
  "aws_security_group",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_sqs_queue_policy",
  "aws_ssm_document",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
  "aws_wafv2_web_acl_association",
  "terraform_data",
]);

/** The cost of a resource. A type that is neither priced nor known to be free is reported as unpriced. */
export function assess(resource: TerraformResource, inventory: Inventory, tasks?: number): Assessment {
  const rule = Object.hasOwn(RULES, resource.type) ? RULES[resource.type] : undefined;
  if (rule) return rule(resource, inventory, tasks);
  return FREE.has(resource.type) ? {} : { unpriced: [`the calculator does not know ${resource.type}`] };
}
