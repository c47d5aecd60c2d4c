import type { Access } from "../aws/clients";
import { classify } from "../engine/classify";
import type { Handler } from "../engine/resource";
import { applicationAutoScaling } from "./application-auto-scaling";
import { certificates } from "./certificates";
import { cloudWatch } from "./cloudwatch";
import { data } from "./data";
import { dnsRecords } from "./dns-records";
import { ec2Attachments } from "./ec2-attachments";
import { ec2Gateways } from "./ec2-gateways";
import { ec2Network } from "./ec2-network";
import { ecs } from "./ecs";
import { elb } from "./elb";
import { iam } from "./iam";
import { logs } from "./logs";
import { messaging } from "./messaging";
import { rds } from "./rds";
import { s3 } from "./s3";
import { secrets } from "./secrets";

const FACTORIES = [
  applicationAutoScaling,
  ecs,
  elb,
  ec2Gateways,
  ec2Attachments,
  ec2Network,
  s3,
  rds,
  data,
  messaging,
  cloudWatch,
  certificates,
  dnsRecords,
  secrets,
  logs,
  iam,
];

/** A handler for every type that the stacks can create. */
export function createHandlers(access: Access): readonly Handler[] {
  return FACTORIES.flatMap((factory) => factory(access)).map(classified);
}

/** What AWS refuses becomes an outcome in one place. Account and region cannot differ: the clients have but one. */
function classified(handler: Handler): Handler {
  const service = handler.type.split(":")[0];
  return {
    ...handler,
    classify: (error) => classify(error, service),
    async remove(found) {
      try {
        return await handler.remove(found);
      } catch (error) {
        return classify(error, service);
      }
    },
  };
}
