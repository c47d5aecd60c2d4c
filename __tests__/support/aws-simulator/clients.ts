import type { Budget } from "../../../cleanup/aws/budget";
import type { Clients } from "../../../cleanup/aws/clients";
import { coalesce } from "../../../cleanup/aws/coalesce";
import { paced } from "../../../cleanup/aws/pace";
import type { Principal } from "./kernel/call";
import type { Process } from "./kernel/faults";
import type { Simulator } from "./kernel/simulator";

const SERVICE_OF: Readonly<Record<keyof Clients, string>> = {
  acm: "ACM",
  apiGateway: "API Gateway",
  apiGatewayV2: "ApiGatewayV2",
  autoScaling: "Application Auto Scaling",
  cloudWatch: "CloudWatch",
  dynamoDb: "DynamoDB",
  ec2: "EC2",
  ecr: "ECR",
  ecs: "ECS",
  elb: "Elastic Load Balancing v2",
  events: "EventBridge",
  iam: "IAM",
  kms: "KMS",
  lambda: "Lambda",
  logs: "CloudWatch Logs",
  rds: "RDS",
  route53: "Route 53",
  s3: "S3",
  scheduler: "Scheduler",
  secrets: "Secrets Manager",
  sns: "SNS",
  sqs: "SQS",
  sts: "STS",
  tagging: "Resource Groups Tagging API",
};

/** How the clients of a process keep to what the account takes. */
export interface Sharing {
  readonly budget: Budget;
  readonly shareReads?: boolean;
}

/** The reaper's clients, as one process that acts for one principal. */
export function simulatedClients(
  simulator: Simulator,
  process: Process,
  principal: Principal,
  sharing?: Sharing,
): Clients {
  const entries = Object.entries(SERVICE_OF).map(([key, service]) => {
    const client = paced(
      simulator.client(service, process, principal),
      sharing && ((command) => sharing.budget(key, command)),
    );
    return [key, sharing?.shareReads ? coalesce(client) : client];
  });
  return Object.fromEntries(entries) as unknown as Clients;
}
