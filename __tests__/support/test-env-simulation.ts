import { reaperNames } from "../../contract/reaper";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { CallRecorder } from "../../operations/test-environments/calls";
import { LocalJournal } from "../../operations/test-environments/journal";
import { createRun, destroy, type Created } from "../../operations/test-environments/lifecycle";
import { newRun, type OpenRun } from "../../operations/test-environments/open";
import type { CleanupReport } from "../../operations/test-environments/report";
import { TestRunRegistry } from "../../registry/test-runs";
import { simulatedClients } from "./aws-simulator/clients";
import { VirtualClock } from "./aws-simulator/kernel/clock";
import { Process, type Faults } from "./aws-simulator/kernel/faults";
import { Random } from "./aws-simulator/kernel/random";
import { Simulator, type LoggedCall } from "./aws-simulator/kernel/simulator";
import { DYNAMODB } from "./aws-simulator/services/dynamodb";
import { seedAccount } from "./aws-simulator/world/seed-account";
import { World } from "./aws-simulator/world/world";
import { testEnvAws } from "./test-env-aws";
import { PLACE } from "./test-env-stage";
import { onVirtualTime } from "./virtual-time";

const FAULTS: Faults = { throttle: 0.05, serverError: 0.01, lostAnswer: 0.01, partialFailure: 0 };
const { registryTableName } = reaperNames(PLACE.accountId, PLACE.region);
const PRINCIPAL = { arn: "arn:aws:iam::123456789012:role/pipeline", tags: {} };

export interface SimulatedRun {
  readonly run: string;
  readonly create: Created["report"];
  readonly cleanup: CleanupReport;
  /** Lines of progress. */
  readonly progress: readonly string[];
  /** Virtual seconds, admission included. */
  readonly createSeconds: number;
  readonly destroySeconds: number;
}

export interface Simulated {
  readonly runs: readonly SimulatedRun[];
  /** Names of what exists at the end. */
  readonly left: readonly string[];
  /** Keys of the registry's items at the end. */
  readonly kept: readonly string[];
  /** Commands that the simulated AWS does not have. */
  readonly gaps: readonly string[];
  readonly log: readonly LoggedCall[];
}

/**
 * Runs of a spec that begin in the same instant and share the rates of their account: the command's own code, from
 * admission to the proof that nothing is left, in a simulated AWS that throttles, fails and loses answers, on a virtual
 * clock.
 *
 * @param folder a project with the code of the functions
 */
export async function simulatedRuns(
  folder: string,
  spec: TestEnvironment,
  count: number,
  seed: number,
): Promise<Simulated> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 31, 9));
  const random = new Random(seed);
  const aws = testEnvAws(clock, random);
  const world = new World(PLACE, random);
  seedAccount(world, random);
  // Audit lines.
  const TransactWriteItems = DYNAMODB.TransactWriteItems!;
  const services = { ...aws.services, DynamoDB: { ...aws.services.DynamoDB, TransactWriteItems } };
  const common = { world, clock, random, faults: FAULTS };
  const simulator = new Simulator({ ...common, services });
  // Items of a table that is paid per request have no rate that a few runs could reach.
  const registry = new Simulator({ ...common, services: { DynamoDB: DYNAMODB }, rateLimits: false });
  const back = onVirtualTime(clock);
  try {
    const runs = Array.from({ length: count }, async (_, i): Promise<SimulatedRun> => {
      const progress: string[] = [];
      const process = new Process();
      const clients = simulatedClients(simulator, process, PRINCIPAL);
      const header = newRun(spec, { key: `${seed} ${i}` }, {}, clock.now());
      const open: OpenRun = {
        run: header,
        header,
        clients,
        registry: new TestRunRegistry(simulatedClients(registry, process, PRINCIPAL).dynamoDb, PLACE),
        journal: new LocalJournal(folder, header.run),
        projectFolder: folder,
        progress: (text) => progress.push(text),
        now: () => clock.now(),
        calls: new CallRecorder(),
      };
      const started = clock.now();
      const { report: create } = await createRun(open, spec, new AbortController().signal);
      const created = clock.now();
      const cleanup = await destroy(open);
      return {
        run: header.run,
        create,
        cleanup,
        progress,
        createSeconds: (created - started) / 1000,
        destroySeconds: (clock.now() - created) / 1000,
      };
    });
    const ended = await clock.run(Promise.all(runs));
    return {
      runs: ended,
      left: aws.left(),
      kept: [...world.tables.get(registryTableName)!.items.keys()],
      gaps: [...simulator.gaps, ...registry.gaps],
      log: simulator.log,
    };
  } finally {
    back();
  }
}
