import type { Operations } from "../kernel/call";
import { API_GATEWAY, API_GATEWAY_V2, EVENT_SOURCE_MAPPINGS } from "./api-gateway";
import { ACM, ROUTE_53 } from "./dns";
import { AUTOSCALING } from "./autoscaling";
import { CLOUDWATCH, LOGS } from "./cloudwatch";
import { DYNAMODB } from "./dynamodb";
import { EC2_GATEWAYS } from "./ec2-gateways";
import { EC2_SECURITY } from "./ec2-security";
import { EC2_VPC } from "./ec2-vpc";
import { ECS } from "./ecs";
import { ECS_TASK_DEFINITIONS } from "./ecs-task-definitions";
import { ELB } from "./elb";
import { IAM } from "./iam";
import { EVENTBRIDGE, SNS, SQS } from "./messaging";
import { RDS } from "./rds";
import { S3_BUCKETS } from "./s3-buckets";
import { S3_OBJECTS } from "./s3-objects";
import { SCHEDULER } from "./scheduler";
import { ECR, KMS, LAMBDA, SECRETS } from "./stores";
import { STS, TAGGING } from "./account";

/** All simulated services, by the SDK's name of the service. */
export const SERVICES: Readonly<Record<string, Operations>> = {
  ACM,
  "API Gateway": API_GATEWAY,
  ApiGatewayV2: API_GATEWAY_V2,
  "Application Auto Scaling": AUTOSCALING,
  CloudWatch: CLOUDWATCH,
  "CloudWatch Logs": LOGS,
  DynamoDB: DYNAMODB,
  EC2: { ...EC2_VPC, ...EC2_GATEWAYS, ...EC2_SECURITY },
  ECR,
  ECS: { ...ECS, ...ECS_TASK_DEFINITIONS },
  "Elastic Load Balancing v2": ELB,
  EventBridge: EVENTBRIDGE,
  IAM,
  KMS,
  Lambda: { ...LAMBDA, ...EVENT_SOURCE_MAPPINGS },
  RDS,
  "Route 53": ROUTE_53,
  S3: { ...S3_BUCKETS, ...S3_OBJECTS },
  Scheduler: SCHEDULER,
  "Secrets Manager": SECRETS,
  SNS,
  SQS,
  STS,
  "Resource Groups Tagging API": TAGGING,
};
