import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { formatInstant } from "../../contract/registry";
import type { ServiceStatus } from "./services";
import type { StatusClients } from "./clients";

/** The limits and the latest activities of a service's auto scaling. */
export interface Scaling {
  /** Absent without auto scaling. */
  readonly minTasks?: number;
  readonly maxTasks?: number;
  /** Newest first. */
  readonly scalingActivities: readonly ScalingActivity[];
}

export interface ScalingActivity {
  readonly at: string;
  /** `Successful`, `InProgress`, `Failed` … */
  readonly status: string;
  readonly description: string;
  readonly cause: string;
}

const ACTIVITIES = 5;

/** Reads the auto scaling of a service from Application Auto Scaling. */
export async function scalingOf(
  autoScaling: StatusClients["autoScaling"],
  { cluster, service }: Pick<ServiceStatus, "cluster" | "service">,
): Promise<Scaling> {
  const ResourceId = `service/${cluster}/${service}`;
  const ServiceNamespace = "ecs";
  const [{ ScalableTargets = [] }, { ScalingActivities = [] }] = await Promise.all([
    autoScaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId] })),
    autoScaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace, ResourceId, MaxResults: ACTIVITIES }),
    ),
  ]);
  const [target] = ScalableTargets;
  return {
    ...(target && { minTasks: target.MinCapacity, maxTasks: target.MaxCapacity }),
    scalingActivities: ScalingActivities.map(({ StartTime, StatusCode, Description, Cause }) => ({
      at: StartTime ? formatInstant(StartTime.getTime()) : "",
      status: StatusCode ?? "Unknown",
      description: Description ?? "",
      cause: Cause ?? "",
    })),
  };
}
