import { reaperNames } from "../../../contract/reaper";
import { audit } from "../../../lambda/ttl-cleanup/aws/audit";
import { discovery } from "../../../lambda/ttl-cleanup/aws/discovery";
import { identity } from "../../../lambda/ttl-cleanup/aws/identity";
import { notifier } from "../../../lambda/ttl-cleanup/aws/notifier";
import { registry } from "../../../lambda/ttl-cleanup/aws/registry";
import { residual } from "../../../lambda/ttl-cleanup/aws/residual";
import { sessions } from "../../../lambda/ttl-cleanup/aws/sessions";
import { stateLock } from "../../../lambda/ttl-cleanup/terraform-state/lock";
import type { World as ReaperWorld } from "../../../lambda/ttl-cleanup/core/context";
import { simulatedClients } from "./clients";
import type { Process } from "./kernel/faults";
import type { Simulator } from "./kernel/simulator";
import type { World } from "./world/world";

interface Site {
  readonly simulator: Simulator;
  readonly world: World;
  readonly metrics: { readonly name: string; readonly value: number }[];
}

interface Run {
  readonly requestId: string;
  readonly remainingMs: () => number;
  readonly clockSkew: number;
}

/** The production code on simulated clients: everything but the entry and the logger is the real thing. */
export function reaperWorld({ simulator, world, metrics }: Site, process: Process, run: Run): ReaperWorld {
  const { place } = world;
  const reaper = reaperNames(place.accountId, place.region);
  const { clock } = simulator;
  const read = simulatedClients(simulator, process, { arn: reaper.reaperRoleArn, tags: {} });
  const now = () => clock.now() + run.clockSkew;
  return {
    ports: {
      registry: registry(read, reaper.registryTableName),
      discovery: discovery(read),
      sessions: sessions({
        read,
        reaper,
        region: place.region,
        now,
        clientsFor: ({ accessKeyId }) => {
          const session = world.sessions.get(accessKeyId);
          if (!session) throw new Error(`no session ${accessKeyId}`);
          return simulatedClients(simulator, process, session);
        },
      }),
      lock: stateLock(read, reaper.functionArn, now),
      residual: residual(read),
      notifier: notifier(read, reaper.topicArn),
      clock: {
        now,
        authority: async () => {
          await identity(read, place.region).get();
          return clock.now();
        },
        sleep: (ms) => (process.alive ? clock.sleep(ms) : new Promise<void>(() => undefined)),
      },
      identity: identity(read, place.region),
      audit: audit(read, reaper.registryTableName, { info: () => undefined }),
      metrics: { add: (name, value) => void metrics.push({ name, value }) },
      ids: { uuid: () => `00000000-0000-4000-8000-${world.newHex(12)}` },
    },
    config: {
      accountIds: [place.accountId],
      region: place.region,
      untouchable: [
        reaper.stateBucketName,
        reaper.lockTableName,
        reaper.registryTableName,
        reaper.topicArn,
        reaper.functionArn,
        reaper.reaperRoleArn,
        reaper.cleanupRoleArn,
        reaper.schedulerRoleArn,
      ],
      maxResources: 500,
      deletionEnabled: true,
      overridesEnabled: false,
      actor: reaper.functionArn,
    },
    invocation: { requestId: run.requestId, remainingMs: run.remainingMs },
  };
}
