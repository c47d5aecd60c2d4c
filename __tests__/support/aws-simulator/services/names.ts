import type { Clients } from "../../../../cleanup/aws/clients";

/** The name of each client's service, as the SDK has it. */
export const SERVICE_OF: Readonly<Record<keyof Clients, string>> = {
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

const CLIENT_OF = new Map(Object.entries(SERVICE_OF).map(([client, service]) => [service, client]));

/** The client of a service, by its name in `Clients`. */
export function clientOf(service: string): string {
  return CLIENT_OF.get(service) ?? service;
}
