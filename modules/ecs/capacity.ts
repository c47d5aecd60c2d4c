import type { EcsServiceCapacityProviderStrategy } from "@cdktf/provider-aws/lib/ecs-service";
import { wholeNumberFaults } from "../shared/faults";

/**
 * Where tasks run. `onDemand`: Fargate only. `{ spotAfter: n }`: the first n tasks on Fargate, all others on
 * Fargate Spot, which costs about 70 % less and can be interrupted with two minutes' notice.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export type Capacity = "onDemand" | { readonly spotAfter: number };

/** Largest base of a capacity provider strategy, in tasks. */
const MAX_BASE = 100_000;

export function capacityFaults(capacity: Capacity): readonly string[] {
  return capacity === "onDemand" ? [] : wholeNumberFaults("spotAfter", capacity.spotAfter, 0, MAX_BASE);
}

/**
 * The service's capacity provider strategy. It is always set, instead of `launch_type`, because switching from
 * one to the other replaces the service.
 */
export function capacityProviderStrategy(capacity: Capacity): EcsServiceCapacityProviderStrategy[] {
  return capacity === "onDemand"
    ? [{ capacityProvider: "FARGATE", base: 0, weight: 1 }]
    : [
        { capacityProvider: "FARGATE", base: capacity.spotAfter, weight: 0 },
        { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
      ];
}
