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
import { ssm } from "./ssm";
import { onlineInstances } from "./fleets";
import type { Boxes } from "./boxes";
import { Targets } from "./targets";

/**
 * What the gateway does beyond moto, by signing name. Made again for each gateway: the patches remember.
 *
 * @param runFunction runs Lambda functions; without it `Invoke` is left to moto
 * @param dataPlane runs tasks and load balancers; without it they are records
 * @param boxes sessions on instances, and what instances there are
 */
export function servicePatches(
  runFunction?: RunFunction,
  dataPlane?: DataPlane,
  boxes?: Boxes,
): ReadonlyMap<string, ServicePatch> {
  const targets = new Targets();
  return new Map<string, ServicePatch>([
    ["application-autoscaling", applicationAutoScaling()],
    ["ec2", ec2(boxes)],
    ["ecs", ecs({ targets, dataPlane })],
    ["elasticloadbalancing", elb(targets, dataPlane)],
    ["lambda", lambda(runFunction)],
    ["logs", logs()],
    ["rds", rds()],
    ["s3", s3()],
    ["servicequotas", serviceQuotas()],
    ...(boxes
      ? ([
          [
            "ssm",
            ssm({
              ...boxes,
              onlineInstances: (call, forward) => onlineInstances(call, forward, boxes.capacity.bootSeconds),
            }),
          ],
        ] as const)
      : []),
  ]);
}
