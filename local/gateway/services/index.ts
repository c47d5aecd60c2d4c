import type { ServicePatch } from "../call";
import { applicationAutoScaling } from "./application-autoscaling";
import { ec2 } from "./ec2";
import { ecs } from "./ecs";
import { elb } from "./elb";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { rds } from "./rds";
import { s3 } from "./s3";

/** What the gateway does beyond moto, by signing name. Made anew for each gateway: the patches remember. */
export function servicePatches(): ReadonlyMap<string, ServicePatch> {
  return new Map([
    ["application-autoscaling", applicationAutoScaling()],
    ["ec2", ec2()],
    ["ecs", ecs()],
    ["elasticloadbalancing", elb()],
    ["lambda", lambda()],
    ["logs", logs()],
    ["rds", rds()],
    ["s3", s3()],
  ]);
}
