import type { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Registry } from "../../registry/registry";

/** Clients that read a status. */
export interface StatusClients {
  readonly ecs: Pick<ECSClient, "send">;
  readonly elb: Pick<ElasticLoadBalancingV2Client, "send">;
  readonly autoScaling: Pick<ApplicationAutoScalingClient, "send">;
  readonly cloudWatch: Pick<CloudWatchClient, "send">;
  readonly tagging: Pick<ResourceGroupsTaggingAPIClient, "send">;
  readonly registry: Registry;
}
