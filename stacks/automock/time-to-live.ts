import type { Construct } from "constructs";
import { lockTableName, stateBucketName, stateKey } from "../../contract/names";
import type { Environment } from "../../environments/schema";
import type { SystemId } from "../../environments/schema/systems";
import { EnvironmentTtl } from "../../modules/ttl-cleanup/environment-ttl";
import { HOURLY_COST_UNPRICED, HOURLY_COST_USD } from "./hourly-cost";

const SYSTEM: SystemId = "automock";

/**
 * Adds the time to live to an ephemeral environment's stack. The stack must use `withHourlyCost`, because the record
 * contains the hourly cost.
 */
export function timeToLive(stack: Construct, environment: Environment): EnvironmentTtl | undefined {
  const { name, owner, accountId, region, ttlHours, locking, notifications } = environment;
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
    timeZone: notifications.timeZone,
    hourlyCostUsd: HOURLY_COST_USD,
    hourlyCostUnpriced: HOURLY_COST_UNPRICED,
  });
}
