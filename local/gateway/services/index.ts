import type { DataPlane } from "../../data-plane";
import type { ServicePatch } from "../call";
import { applicationAutoScaling } from "./application-autoscaling";
import { ec2 } from "./ec2";
import { ecs } from "./ecs";
import { elb } from "./elb";
import { lambda, type RunFunction } from "./lambda";
import { logs } from "./logs";
import { rds } from "./rds";
import { s3 } from "./s3";
import { serviceQuotas } from "./service-quotas";
import { Targets } from "./targets";

/**
 * What the gateway does beyond moto, by signing name. Made again for each gateway: the patches remember.
 *
 * @param runFunction runs Lambda functions; without it `Invoke` is left to moto
 * @param dataPlane runs tasks and load balancers; without it they are records
 */
export function servicePatches(
  runFunction?: RunFunction,
  dataPlane?: DataPlane,
): ReadonlyMap<string, ServicePatch> {
  const targets = new Targets();
  return new Map([
    ["application-autoscaling", applicationAutoScaling()],
    ["ec2", ec2()],
    ["ecs", ecs({ targets, dataPlane })],
    ["elasticloadbalancing", elb(targets, dataPlane)],
    ["lambda", lambda(runFunction)],
    ["logs", logs()],
    ["rds", rds()],
    ["s3", s3()],
    ["servicequotas", serviceQuotas()],
  ]);
}
