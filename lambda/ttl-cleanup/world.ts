import { randomUUID } from "node:crypto";
import type { Access, Credentials, Clients } from "../../cleanup/aws/clients";
import type { Metrics } from "../../cleanup/engine/ports";
import { residual } from "../../cleanup/residual";
import { reaperNames } from "../../contract/reaper";
import { Audit, type AuditLogger } from "../../registry/audit";
import { ReaperRegistry } from "../../registry/reaper-registry";
import { boxes } from "./aws/boxes";
import { discovery } from "./aws/discovery";
import { identity } from "./aws/identity";
import { notifier } from "./aws/notifier";
import { sessions } from "./aws/sessions";
import type { Invocation, ReaperConfig } from "./core/config";
import type { World } from "./core/context";
import type { Clock } from "./core/ports";
import { stateLock } from "./terraform-state/lock";
import { stateResources } from "./terraform-state/state-resources";
import { stateStore } from "./terraform-state/store";

/** More than ten times the size of the largest stack. A larger plan is a mistake. */
const MAX_RESOURCES = 1000;

export interface WorldOptions {
  /** Account that the reaper may work in, 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** Clients with the reaper's own rights. */
  readonly read: Clients;
  /** Clients with the rights of a cleanup session. */
  readonly clientsFor: (credentials: Credentials) => Clients;
  readonly clock: Clock;
  readonly logger: AuditLogger;
  readonly metrics: Metrics;
  /** Metrics in the namespace of admin boxes. */
  readonly boxMetrics: Metrics;
  /** Names of environments that are never deleted, besides the reserved ones. @default none */
  readonly permanentNames?: readonly string[];
  /** Aliases of accounts that look like production but are not. @default none */
  readonly accountAliases?: readonly string[];
  /** True: an invocation by hand may override gates. @default false */
  readonly overridesEnabled?: boolean;
  /** @default random */
  readonly uuid?: () => string;
}

/** The core's world on AWS, for one invocation. */
export function createWorld(options: WorldOptions, invocation: Invocation): World {
  const { accountId, region, read, clock, clientsFor } = options;
  const reaper = reaperNames(accountId, region);
  const now = () => clock.now();
  const place = { functionArn: reaper.functionArn, lockTable: reaper.lockTableName };
  const stateOf = (access: Access) => stateStore(access, place);
  const config: ReaperConfig = {
    accountId,
    region,
    // Names, and the ARNs of the reaper's own resources.
    untouchable: [
      ...Object.values(reaper).filter((name): name is string => typeof name === "string"),
      reaper.names.bucketArn(reaper.stateBucketName),
    ],
    maxResources: MAX_RESOURCES,
    permanentNames: options.permanentNames ?? [],
    accountAliases: options.accountAliases ?? [],
    overridesEnabled: options.overridesEnabled ?? false,
    actor: reaper.functionArn,
  };
  const registry = new ReaperRegistry(read.dynamoDb, { accountId, region });
  return {
    config,
    invocation,
    ports: {
      registry,
      boxes: boxes(read, options.boxMetrics),
      discovery: discovery(read, {
        stateOf: (record) => stateResources(read, record),
        journalOf: (run) => registry.journal(run),
      }),
      sessions: sessions({ read, reaper, region, now, stateOf, clientsFor }),
      lock: stateLock(read, place, now),
      residual: residual(read),
      notifier: notifier(read, reaper.topicArn),
      clock,
      identity: identity(read, region),
      audit: new Audit(read.dynamoDb, { accountId, region }, options.logger),
      metrics: options.metrics,
      ids: { uuid: options.uuid ?? randomUUID },
    },
  };
}
