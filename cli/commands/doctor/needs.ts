import { TASK_SIZES } from "../../../contract/fargate";
import type { Environment } from "../../../environments";
import type { StackRef } from "../../../environments/stacks";

/** What stacks take of an account's quotas when each runs as many tasks as it may. */
export interface Needs {
  readonly onDemandVcpus: number;
  readonly spotVcpus: number;
  readonly elasticIps: number;
  readonly vpcs: number;
  /** NAT gateways by availability zone, for example `us-east-1a`. */
  readonly natGatewaysByZone: Readonly<Record<string, number>>;
}

/** The sum over stacks of one region whose environments' files are here. */
export function needsOf(stacks: readonly StackRef[]): Needs {
  let [onDemandVcpus, spotVcpus, elasticIps, vpcs] = [0, 0, 0, 0];
  const natGatewaysByZone: Record<string, number> = {};
  for (const { system, region, definition } of stacks) {
    const part = definition && partOf(definition, system);
    if (!part) continue;
    const { tasks, size, onDemandTasks, network } = part;
    const vcpus = (typeof size === "string" ? TASK_SIZES[size] : size).cpuUnits / 1024;
    const onDemand = Math.min(tasks.max, onDemandTasks);
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

function partOf({ automock, taskApi, network }: Environment, system: StackRef["system"]) {
  if (system === "task-api") return taskApi && { ...taskApi, onDemandTasks: Infinity };
  const { tasks, size, capacity } = automock;
  return { tasks, size, network, onDemandTasks: capacity === "onDemand" ? Infinity : capacity.spotAfter };
}

/** A regional gateway has an address in each zone in use; whether that counts is not documented, so it does here. */
function zonesWithNat({ natGateways, availabilityZones }: Environment["network"]): readonly string[] {
  if (natGateways === "none") return [];
  return natGateways === "single" ? availabilityZones.slice(0, 1) : availabilityZones;
}
