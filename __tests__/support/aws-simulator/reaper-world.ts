import { budgetOf } from "../../../cleanup/aws/budget";
import { reaperNames } from "../../../contract/reaper";
import { identity } from "../../../lambda/ttl-cleanup/aws/identity";
import type { World as ReaperWorld } from "../../../lambda/ttl-cleanup/core/context";
import { createWorld } from "../../../lambda/ttl-cleanup/world";
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
  readonly wait: (ms: number) => Promise<void>;
  readonly clockSkew: number;
}

/** The production code on simulated clients and a virtual clock: all but the entry and the logger is the real thing. */
export function reaperWorld({ simulator, world, metrics }: Site, process: Process, run: Run): ReaperWorld {
  const { accountId, region } = world.place;
  const { clock } = simulator;
  const { reaperRoleArn } = reaperNames(accountId, region);
  const budget = budgetOf({ now: () => clock.now(), sleep: (ms) => clock.sleep(ms) });
  const reaper = { arn: reaperRoleArn, tags: {} };
  const read = simulatedClients(simulator, process, reaper, { budget, shareReads: true });
  return createWorld(
    {
      accountId,
      region,
      read,
      clientsFor: ({ accessKeyId }) => {
        const session = world.sessions.get(accessKeyId);
        if (!session) throw new Error(`no session ${accessKeyId}`);
        return simulatedClients(simulator, process, session, { budget });
      },
      clock: {
        now: () => clock.now() + run.clockSkew,
        // The time of an answer: AWS's own, whatever the clock of the Lambda says.
        authority: async () => {
          await identity(read, region).get();
          return clock.now();
        },
        sleep: (ms) => (process.alive ? clock.sleep(ms) : new Promise<void>(() => undefined)),
      },
      logger: { info: () => undefined },
      metrics: { add: (name, value) => void metrics.push({ name, value }) },
      boxMetrics: { add: () => undefined },
      uuid: () => `00000000-0000-4000-8000-${world.newHex(12)}`,
    },
    { requestId: run.requestId, remainingMs: run.remainingMs, wait: run.wait },
  );
}
