import type { ServicePatch } from "../call";
import { applicationAutoScaling } from "./application-autoscaling";

/** What the gateway does beyond moto, by signing name. Made anew for each gateway: the patches remember. */
export function servicePatches(): ReadonlyMap<string, ServicePatch> {
  return new Map([["application-autoscaling", applicationAutoScaling()]]);
}
