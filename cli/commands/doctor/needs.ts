import { taskSize } from "../../../contract/fargate";
import type { StackRef } from "../../../environments/schema/stacks";
import { servicesOf, type SectionValues } from "../../../environments/schema/systems";

/** What stacks take from an account's quotas if each of them runs its maximum number of tasks. */
export interface Needs {
  readonly onDemandVcpus: number;
  readonly spotVcpus: number;
  readonly elasticIps: number;
  readonly vpcs: number;
  /** NAT gateways by availability zone, for example `us-east-1a`. */
  readonly natGatewaysByZone: Readonly<Record<string, number>>;
}

/** The sum over stacks of one region; stacks without an environment's file do not count. */
export function needsOf(stacks: readonly StackRef[]): Needs {
  let [onDemandVcpus, spotVcpus, elasticIps, vpcs] = [0, 0, 0, 0];
  const natGatewaysByZone: Record<string, number> = {};
  for (const { system, region, definition } of stacks) {
    const values = definition && servicesOf(definition).find(({ id }) => id === system)?.values;
    if (!values) continue;
    const { tasks, size, network } = values;
    const vcpus = taskSize(size).cpuUnits / 1024;
    const onDemand = Math.min(tasks.max, onDemandTasks(values));
    onDemandVcpus += onDemand * vcpus;
    spotVcpus += (tasks.max - onDemand) * vcpus;
    vpcs++;
    for (const letter of zonesWithNat(network)) {
      const zone = `${region}${letter}`;
      natGatewaysByZone[zone] = (natGatewaysByZone[zone] ?? 0) + 1;
      elasticIps++;
    }
  }
  return { onDemandVcpus, spotVcpus, elasticIps, vpcs, natGatewaysByZone };
}

function onDemandTasks(values: SectionValues): number {
  return !("capacity" in values) || values.capacity === "onDemand" ? Infinity : values.capacity.spotAfter;
}

/** A regional gateway has an address in each zone. AWS does not document whether they count, so here they do. */
function zonesWithNat({ natGateways, availabilityZones }: SectionValues["network"]): readonly string[] {
  if (natGateways === "none") return [];
  return natGateways === "single" ? availabilityZones.slice(0, 1) : availabilityZones;
}
