import type { ClientConfig } from "../workspace";

/** The client classes. A module loads slowly, so it is loaded when its first client is created. */
const CLASSES = {
  autoScaling: async () =>
    (await import("@aws-sdk/client-application-auto-scaling")).ApplicationAutoScalingClient,
  cloudWatch: async () => (await import("@aws-sdk/client-cloudwatch")).CloudWatchClient,
  dynamoDb: async () => (await import("@aws-sdk/client-dynamodb")).DynamoDBClient,
  ec2: async () => (await import("@aws-sdk/client-ec2")).EC2Client,
  ecs: async () => (await import("@aws-sdk/client-ecs")).ECSClient,
  elb: async () => (await import("@aws-sdk/client-elastic-load-balancing-v2")).ElasticLoadBalancingV2Client,
  instanceConnect: async () =>
    (await import("@aws-sdk/client-ec2-instance-connect")).EC2InstanceConnectClient,
  kms: async () => (await import("@aws-sdk/client-kms")).KMSClient,
  lambda: async () => (await import("@aws-sdk/client-lambda")).LambdaClient,
  logs: async () => (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogsClient,
  quotas: async () => (await import("@aws-sdk/client-service-quotas")).ServiceQuotasClient,
  s3: async () => (await import("@aws-sdk/client-s3")).S3Client,
  secrets: async () => (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient,
  sns: async () => (await import("@aws-sdk/client-sns")).SNSClient,
  scheduler: async () => (await import("@aws-sdk/client-scheduler")).SchedulerClient,
  ssm: async () => (await import("@aws-sdk/client-ssm")).SSMClient,
  sts: async () => (await import("@aws-sdk/client-sts")).STSClient,
  tagging: async () =>
    (await import("@aws-sdk/client-resource-groups-tagging-api")).ResourceGroupsTaggingAPIClient,
};

type Clients = {
  readonly [Name in keyof typeof CLASSES]: InstanceType<Awaited<ReturnType<(typeof CLASSES)[Name]>>>;
};

/**
 * Creates clients of the AWS SDK: `const { s3, sts } = await createClients(config, "s3", "sts")`.
 *
 * @param config settings of the region, from `Workspace.clientConfig`
 */
export async function createClients<Name extends keyof Clients>(
  config: ClientConfig,
  ...names: readonly Name[]
): Promise<Pick<Clients, Name>> {
  const clients = names.map(async (name) => [name, new (await CLASSES[name]())(config)] as const);
  return Object.fromEntries(await Promise.all(clients)) as Pick<Clients, Name>;
}
