/**
 * What the reaper reads, by service. None of it shows content (no `GetObject`, `GetSecretValue`, `GetItem`) or
 * environment variables (no `DescribeTaskDefinition`, `ListFunctions`): only that a resource is there, its tags and
 * its state.
 */
export const READ_ACTIONS: readonly string[] = [
  ...of("acm", "DescribeCertificate", "ListCertificates", "ListTagsForCertificate"),
  ...of(
    "application-autoscaling",
    "DescribeScalableTargets",
    "DescribeScalingPolicies",
    "DescribeScheduledActions",
    "ListTagsForResource",
  ),
  ...of("cloudwatch", "DescribeAlarms", "GetDashboard", "ListDashboards", "ListTagsForResource"),
  ...of("dynamodb", "DescribeTable", "ListTables", "ListTagsOfResource"),
  ...of(
    "ec2",
    "DescribeAddresses",
    "DescribeFlowLogs",
    "DescribeInternetGateways",
    "DescribeNatGateways",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcEndpoints",
    "DescribeVpcs",
  ),
  ...of("ecr", "DescribeRepositories", "ListTagsForResource"),
  ...of(
    "ecs",
    "DescribeClusters",
    "DescribeServices",
    "DescribeTasks",
    "ListClusters",
    "ListServices",
    "ListTaskDefinitionFamilies",
    "ListTaskDefinitions",
    "ListTasks",
  ),
  ...of(
    "elasticloadbalancing",
    "DescribeListeners",
    "DescribeLoadBalancers",
    "DescribeRules",
    "DescribeTags",
    "DescribeTargetGroups",
  ),
  ...of("events", "DescribeRule", "ListRules", "ListTagsForResource", "ListTargetsByRule"),
  ...of(
    "iam",
    "GetPolicy",
    "GetRole",
    "ListAccountAliases",
    "ListAttachedRolePolicies",
    "ListInstanceProfilesForRole",
    "ListPolicies",
    "ListPolicyVersions",
    "ListRolePolicies",
    "ListRoles",
  ),
  ...of("kms", "DescribeKey", "ListAliases", "ListResourceTags"),
  ...of("lambda", "GetEventSourceMapping", "ListEventSourceMappings", "ListTags"),
  ...of("logs", "DescribeLogGroups", "DescribeQueryDefinitions", "ListTagsForResource"),
  ...of(
    "rds",
    "DescribeDBInstances",
    "DescribeDBParameterGroups",
    "DescribeDBSubnetGroups",
    "ListTagsForResource",
  ),
  ...of("route53", "ListHostedZones", "ListResourceRecordSets"),
  ...of(
    "s3",
    "GetBucketTagging",
    "ListAllMyBuckets",
    "ListBucket",
    "ListBucketMultipartUploads",
    "ListBucketVersions",
  ),
  ...of("scheduler", "ListSchedules"),
  ...of("secretsmanager", "DescribeSecret", "ListSecrets"),
  ...of(
    "sns",
    "GetSubscriptionAttributes",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "ListTopics",
  ),
  ...of("sqs", "GetQueueAttributes", "ListQueueTags", "ListQueues"),
  ...of("tag", "GetResources", "GetTagValues"),
];

function of(service: string, ...actions: string[]): string[] {
  return actions.map((action) => `${service}:${action}`);
}
