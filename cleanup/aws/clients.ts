import { ACMClient } from "@aws-sdk/client-acm";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import type { Budget } from "./budget";
import { coalesce } from "./coalesce";
import { limitConcurrency } from "./concurrency";
import { paced } from "./pace";

/** One property per service. The reaper uses only `send` of a client, so a simulator can replace it. */
export interface Clients {
  readonly acm: Pick<ACMClient, "send">;
  readonly apiGateway: Pick<APIGatewayClient, "send">;
  readonly apiGatewayV2: Pick<ApiGatewayV2Client, "send">;
  readonly autoScaling: Pick<ApplicationAutoScalingClient, "send">;
  readonly cloudWatch: Pick<CloudWatchClient, "send">;
  readonly dynamoDb: Pick<DynamoDBClient, "send">;
  readonly ec2: Pick<EC2Client, "send">;
  readonly ecr: Pick<ECRClient, "send">;
  readonly ecs: Pick<ECSClient, "send">;
  readonly elb: Pick<ElasticLoadBalancingV2Client, "send">;
  readonly events: Pick<EventBridgeClient, "send">;
  readonly iam: Pick<IAMClient, "send">;
  readonly kms: Pick<KMSClient, "send">;
  readonly lambda: Pick<LambdaClient, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
  readonly rds: Pick<RDSClient, "send">;
  readonly route53: Pick<Route53Client, "send">;
  readonly s3: Pick<S3Client, "send">;
  readonly scheduler: Pick<SchedulerClient, "send">;
  readonly secrets: Pick<SecretsManagerClient, "send">;
  readonly sns: Pick<SNSClient, "send">;
  readonly sqs: Pick<SQSClient, "send">;
  readonly sts: Pick<STSClient, "send">;
  readonly tagging: Pick<ResourceGroupsTaggingAPIClient, "send">;
}

/**
 * Clients with two sets of rights: `read` has the reaper role's own, which can change nothing in an environment;
 * `write` has those of a cleanup session, bound by its session tags to one environment.
 */
export interface Access {
  readonly read: Clients;
  readonly write: Clients;
  /** Clients that can delete the VPC endpoints of these environments. @default each environment uses its own `write` */
  readonly endpointsOf?: (environments: readonly string[]) => Promise<Pick<Clients, "ec2">>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientOptions {
  readonly region: string;
  readonly credentials?: Credentials | (() => Promise<Credentials & { readonly expiration?: Date }>);
  /** Profile of the AWS config files. @default that of the environment */
  readonly profile?: string;
  /** `http://…` of a local AWS. @default AWS itself */
  readonly endpoint?: string;
  /** Read at every call. Its abort ends the call when the time of the invocation is over. */
  readonly signal?: () => AbortSignal | undefined;
  /** Paces the calls of all clients that share it. @default no pace */
  readonly budget?: Budget;
  /** Clients whose connections are reused, because one session per environment would use up the sockets. @default own ones */
  readonly connectionsOf?: Clients;
  /** Equal reads at the same time are one call. @default false */
  readonly shareReads?: boolean;
  /** Wraps every client, for tracing. */
  readonly instrument?: <C>(client: C) => C;
}

/** Calls in flight per service; more only buys throttling. */
const CONCURRENCY: Partial<Record<keyof Clients, number>> = { ec2: 5, elb: 4, ecs: 4, iam: 2, s3: 8 };
const DEFAULT_CONCURRENCY = 3;

/**
 * A client per service for one set of credentials. Retries are `standard`: `adaptive` may hold back even the
 * first request. Timeouts are short, so that one hung socket does not use up the pass.
 */
export function createClients(options: ClientOptions): Clients {
  const {
    region,
    credentials,
    profile,
    endpoint,
    signal,
    budget,
    connectionsOf,
    shareReads = false,
  } = options;
  const { instrument = (client) => client } = options;
  const config = {
    region,
    ...(credentials && { credentials }),
    ...(profile !== undefined && { profile }),
    ...(endpoint && { endpoint }),
    retryMode: "standard",
    maxAttempts: 8,
    requestHandler: connectionsOf
      ? (connectionsOf.sts as STSClient).config.requestHandler
      : { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  };
  const make: { readonly [S in keyof Clients]: () => Clients[S] } = {
    acm: () => new ACMClient(config),
    apiGateway: () => new APIGatewayClient(config),
    apiGatewayV2: () => new ApiGatewayV2Client(config),
    autoScaling: () => new ApplicationAutoScalingClient(config),
    cloudWatch: () => new CloudWatchClient(config),
    dynamoDb: () => new DynamoDBClient(config),
    ec2: () => new EC2Client(config),
    ecr: () => new ECRClient(config),
    ecs: () => new ECSClient(config),
    elb: () => new ElasticLoadBalancingV2Client(config),
    events: () => new EventBridgeClient(config),
    iam: () => new IAMClient(config),
    kms: () => new KMSClient(config),
    lambda: () => new LambdaClient(config),
    logs: () => new CloudWatchLogsClient(config),
    rds: () => new RDSClient(config),
    route53: () => new Route53Client(config),
    s3: () => new S3Client({ ...config, forcePathStyle: endpoint !== undefined }),
    scheduler: () => new SchedulerClient(config),
    secrets: () => new SecretsManagerClient(config),
    sns: () => new SNSClient(config),
    sqs: () => new SQSClient(config),
    sts: () => new STSClient(config),
    tagging: () => new ResourceGroupsTaggingAPIClient(config),
  };
  // Created at first use, because most invocations need only a few.
  const clients = {};
  for (const [service, create] of Object.entries(make)) {
    const limit = CONCURRENCY[service as keyof Clients] ?? DEFAULT_CONCURRENCY;
    let client: Clients[keyof Clients] | undefined;
    const get = () => {
      if (client) return client;
      const made = instrument(create());
      const limited = limitConcurrency(
        paced(made, budget && ((command) => budget(service, command))),
        limit,
        signal,
      );
      return (client = shareReads ? coalesce(limited) : limited);
    };
    Object.defineProperty(clients, service, { get, enumerable: true });
  }
  return clients as Clients;
}
