import { acm } from "./acm";
import { apiGateway } from "./api-gateway";
import { applicationAutoScaling } from "./application-auto-scaling";
import { cloudWatch } from "./cloudwatch";
import { dynamoDb } from "./dynamodb";
import { ec2Attachments } from "./ec2-attachments";
import { ec2Gateways } from "./ec2-gateways";
import { ec2Network } from "./ec2-network";
import { ecr } from "./ecr";
import { ecs } from "./ecs";
import { elb } from "./elb";
import { events } from "./events";
import { iam } from "./iam";
import { kms } from "./kms";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { rds } from "./rds";
import type { ResourceType } from "./resource-type";
import { route53 } from "./route53";
import { s3 } from "./s3";
import { secretsManager } from "./secretsmanager";
import { sns } from "./sns";
import { sqs } from "./sqs";

/** Every type that can be deleted; a new one is a line here and a file of its service. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  ...applicationAutoScaling,
  ...ecs,
  ...elb,
  ...ec2Gateways,
  ...ec2Attachments,
  ...ec2Network,
  ...s3,
  ...rds,
  ...dynamoDb,
  ...ecr,
  ...apiGateway,
  ...lambda,
  ...sns,
  ...sqs,
  ...events,
  ...cloudWatch,
  ...acm,
  ...route53,
  ...secretsManager,
  ...kms,
  ...logs,
  ...iam,
];
