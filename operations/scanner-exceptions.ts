/** A check of a scanner that fails on this project's plans, and why that stays so. */
export interface ScannerException {
  /** Ids of the check: checkov's `CKV…`, trivy's `AWS-…`. */
  readonly checks: readonly string[];
  /** What the scanner asks for. */
  readonly asks: string;
  /** Terraform types on which it fails. */
  readonly types: readonly string[];
  readonly reason: string;
  /** Who decides about it. */
  readonly owner: string;
  /** Day by which it is to be decided again, `YYYY-MM-DD`. */
  readonly reviewBy: string;
}

const OWNER = "platform-team";
const REVIEW = "2027-05-31";

/** Every exception; docs/security.md and the report of a plan show them. */
export const SCANNER_EXCEPTIONS: readonly ScannerException[] = [
  {
    checks: ["CKV2_AWS_28"],
    asks: "a web application firewall before the load balancer",
    types: ["aws_lb"],
    reason:
      "A service gets one by the field waf, as the Task API of prod has it; synth warns where a service is open to the internet without one. Others admit the networks of the environment's file only, where $6 per month and $0.60 per million requests buy nothing.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0053"],
    asks: "an internal load balancer",
    types: ["aws_lb"],
    reason:
      "Callers are outside of the VPC. Its security group admits named networks, and the internet only over HTTPS.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_192"],
    asks: "AWS's rules against known bad inputs such as Log4j lookups",
    types: ["aws_wafv2_web_acl"],
    reason:
      "The firewall limits rates alone. Rules on content would refuse requests that mocks and tests of the API send on purpose, and cost $1 per month each; the images in use have no Log4j.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV2_AWS_31"],
    asks: "logs of the firewall",
    types: ["aws_wafv2_web_acl"],
    reason:
      "The load balancer's access logs have every refused request, with waf as the action; a second log would hold the same and cost more.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_378"],
    asks: "HTTPS from the load balancer to the tasks",
    types: ["aws_lb_target_group"],
    reason:
      "The way is inside the VPC between two security groups that admit each other alone, and a load balancer does not check the certificates of its targets.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0104"],
    asks: "no way out to the whole internet",
    types: ["aws_vpc_security_group_egress_rule"],
    reason:
      "Tasks call AWS over public addresses where the environment has no interface endpoints, and forwarding mocks call hosts that their owners name. Only port 443 is open.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_18"],
    asks: "access logs of buckets",
    types: ["aws_s3_bucket"],
    reason:
      "Versions keep what was written, and CloudTrail's data events, where an account records them, who did it. S3 delivers access logs at best effort, hours later, into one more bucket per region that would have to outlive every environment.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_144"],
    asks: "buckets that are copied to another region",
    types: ["aws_s3_bucket"],
    reason:
      "States and expectations are versioned and can be made again from the repository; the load balancer's logs are not worth a copy.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV2_AWS_62"],
    asks: "events of buckets",
    types: ["aws_s3_bucket"],
    reason: "Nothing waits for objects: tasks look at the expectations' version themselves.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0132"],
    asks: "a customer's key for buckets",
    types: ["aws_s3_bucket"],
    reason:
      "Buckets are encrypted with the key that AWS manages. A key of our own would cost $1 per month each, and give the same people the same access.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0025"],
    asks: "a customer's key for tables",
    types: ["aws_dynamodb_table"],
    reason: "Locks and the registry hold no secret, and are encrypted with the key that AWS manages.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0135"],
    asks: "a customer's key for queues",
    types: ["aws_sqs_queue"],
    reason: "The dead letters name environments and hold no secret; SQS encrypts them with its own key.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_158", "AWS-0017"],
    asks: "a customer's key for log groups",
    types: ["aws_cloudwatch_log_group"],
    reason:
      "CloudWatch encrypts logs with its own key. The rights on log groups decide who reads them; a second key would be given to the same roles.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_338"],
    asks: "logs that are kept for a year",
    types: ["aws_cloudwatch_log_group"],
    reason:
      "logRetentionDays is a field of the environment: a year of a test's requests is paid for and read by no one.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["AWS-0078"],
    asks: "a customer's key for Performance Insights",
    types: ["aws_db_instance"],
    reason:
      "Statements are shown without their values, and only to those who may read the database's metrics.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_117"],
    asks: "the function in a VPC",
    types: ["aws_lambda_function"],
    reason:
      "The reaper calls AWS alone. In a VPC it would need a NAT gateway, and could not remove that VPC.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_173"],
    asks: "a customer's key for the function's variables",
    types: ["aws_lambda_function"],
    reason: "They are an account id and names; none is a secret.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_272"],
    asks: "signed code of the function",
    types: ["aws_lambda_function"],
    reason:
      "Only the bootstrap stack deploys it, from a bundle whose hash is in the plan; no pipeline may change it.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_297"],
    asks: "a customer's key for schedules",
    types: ["aws_scheduler_schedule"],
    reason: "Their input is the word tick or the name of an environment.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
  {
    checks: ["CKV_AWS_112"],
    asks: "sessions that a customer's key encrypts once more",
    types: ["aws_ssm_document"],
    reason:
      "Sessions run over TLS, and their logs are encrypted with a key of the environment. A second layer between client and agent takes AWS's plugin on every machine, which automock admin does without.",
    owner: OWNER,
    reviewBy: REVIEW,
  },
];

/** Types of the stacks on which no check of checkov or trivy fails, or that the scanners do not look at. */
export const TYPES_WITHOUT_FINDINGS: readonly string[] = [
  "aws_acm_certificate",
  "aws_acm_certificate_validation",
  "aws_appautoscaling_policy",
  "aws_appautoscaling_scheduled_action",
  "aws_appautoscaling_target",
  "aws_budgets_budget",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_metric_filter",
  "aws_cloudwatch_metric_alarm",
  "aws_cloudwatch_query_definition",
  "aws_db_instance_automated_backups_replication",
  "aws_db_parameter_group",
  "aws_db_subnet_group",
  "aws_default_security_group",
  "aws_dynamodb_table_item",
  "aws_ec2_instance_connect_endpoint",
  "aws_ecr_lifecycle_policy",
  "aws_ecr_repository",
  "aws_ecs_cluster",
  "aws_ecs_cluster_capacity_providers",
  "aws_ecs_service",
  "aws_ecs_task_definition",
  "aws_eip",
  "aws_flow_log",
  "aws_iam_instance_profile",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policies_exclusive",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_iam_role_policy_attachments_exclusive",
  "aws_internet_gateway",
  "aws_kms_alias",
  "aws_kms_key",
  "aws_lambda_event_source_mapping",
  "aws_lambda_function_event_invoke_config",
  "aws_launch_template",
  "aws_lb_listener",
  "aws_lb_listener_rule",
  "aws_nat_gateway",
  "aws_route",
  "aws_route53_record",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_notification",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_s3_object",
  "aws_scheduler_schedule_group",
  "aws_security_group",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_security_group_ingress_rule",
  "aws_wafv2_web_acl_association",
  "terraform_data",
];
