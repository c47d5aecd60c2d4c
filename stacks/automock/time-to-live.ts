import type { Construct } from "constructs";
import { lockTableName, stateBucketName, stateKey } from "../../contract/names";
import { taskSize } from "../../contract/fargate";
import type { Environment } from "../../environments";
import { sectionOf, type SystemId } from "../../environments/systems";
import { INTERFACE_ENDPOINT_COUNT } from "../../modules/networking/vpc-endpoints";
import { EnvironmentTtl } from "../../modules/ttl-cleanup/environment-ttl";
import { hourlyCostUsd } from "../../modules/ttl-cleanup/hourly-cost";

const SYSTEM: SystemId = "automock";

/** The time to live of an ephemeral environment's stack; permanent ones have none. */
export function timeToLive(stack: Construct, environment: Environment): EnvironmentTtl | undefined {
  const { name, owner, accountId, region, ttlHours, locking } = environment;
  if (ttlHours === undefined) return undefined;
  return new EnvironmentTtl(stack, "ttl", {
    environment: name,
    system: SYSTEM,
    owner,
    accountId,
    region,
    ttlHours,
    state: {
      bucket: stateBucketName(accountId, region),
      key: stateKey(SYSTEM, name),
      ...(locking !== "s3" && { lockTable: lockTableName(accountId, region) }),
      useLockfile: locking !== "dynamodb",
    },
    hourlyCostUsd: smallestHourlyCost(environment),
  });
}

/** With as few tasks as the environment ever has. */
function smallestHourlyCost(environment: Environment): number {
  const { network, tasks, size } = sectionOf(environment, "automock");
  const zones = network.availabilityZones.length;
  const natGateways = { none: 0, single: 1, regional: zones, onePerAz: zones }[network.natGateways];
  return hourlyCostUsd({
    tasks: tasks.min,
    size: taskSize(size),
    natGateways,
    publicAddresses: natGateways + zones,
    interfaceEndpoints: INTERFACE_ENDPOINT_COUNT[network.interfaceEndpoints] * zones,
  });
}
