import { registryKey } from "../../contract/registry";
import { allFaults, bystanders } from "../support/aws-simulator/invariants";
import { Random } from "../support/aws-simulator/kernel/random";
import { HOUR, MINUTE, Scenario } from "../support/aws-simulator/scenario";
import type { Shape } from "../support/aws-simulator/world/seed-parts";

/** What goes wrong in a run besides the rules of AWS, per attempt of a call; crashes per invocation. */
export const RATES = {
  throttle: 0.05,
  serverError: 0.01,
  lostAnswer: 0.01,
  partialFailure: 0.02,
  crash: 0.05,
};

/** A run that needs longer than this after its expiry is a failure. */
export const PATIENCE = HOUR;

const TTL_HOURS = 2;

export interface Run {
  readonly seed: number;
  readonly faults: readonly string[];
  /** From the expiry to the finished record. */
  readonly wholeMinutes: number;
  /** From the first deletion to the last: what was there is gone. */
  readonly deletionMinutes: number;
  /** From the first deletion to the proof that nothing is left. */
  readonly cleanupMinutes: number;
  readonly calls: number;
  readonly invocations: number;
}

/** The life of one random environment, next to its twin. */
export async function run(seed: number, database: boolean): Promise<Run> {
  const dice = new Random(seed + 77_000_001);
  const { crash, ...faults } = RATES;
  const scenario = new Scenario({
    seed,
    pageSize: Math.ceil(dice.between(2, 60)),
    faults,
    crash: () =>
      dice.chance(crash)
        ? { call: Math.floor(dice.between(0, 1000)), when: dice.chance(0.5) ? "before" : "after" }
        : undefined,
  });
  const shape = randomShape(dice, database);
  const environment = scenario.add(shape, TTL_HOURS);
  scenario.add({ ...shape, environment: "alpha-x" }, 100);
  await scenario.until(() => false, TTL_HOURS * HOUR - 2 * MINUTE);
  const before = bystanders(scenario, "alpha");
  const [calls, invocations] = [scenario.simulator.log.length, scenario.invocations.length];
  await scenario.until(() => scenario.isDone("alpha"), PATIENCE + 2 * MINUTE);
  const wholeMinutes = (scenario.clock.now() - environment.expiresAt) / MINUTE;
  scenario.stop();
  const finished = scenario.finished("alpha");
  const cleanupMs = finished?.proof?.M?.durationMs?.N;
  const deletionMs = Math.max(...goneAt(scenario, "alpha")) - Date.parse(finished?.firstDeleteAt?.S ?? "");
  return {
    seed,
    faults: allFaults(scenario, environment, before),
    wholeMinutes,
    deletionMinutes: deletionMs / MINUTE,
    cleanupMinutes: Number(cleanupMs ?? NaN) / MINUTE,
    calls: scenario.simulator.log.length - calls,
    invocations: scenario.invocations.length - invocations,
  };
}

/** When the reaper saw each resource gone, by its audit lines. */
function goneAt({ world, names }: Scenario, environment: string): number[] {
  const { items } = world.tables.get(names.registryTableName)!;
  const { pk } = registryKey(environment);
  return [...items.values()].flatMap((item) =>
    item.pk?.S === pk && item.action?.S === "gone" ? [Date.parse(item.ts!.S!)] : [],
  );
}

function randomShape(dice: Random, database: boolean): Shape {
  const nats = ["none", "single", "single", "perZone"] as const;
  return {
    environment: "alpha",
    zones: 1 + Math.floor(dice.between(0, 3)),
    nat: nats[Math.floor(dice.between(0, nats.length))]!,
    interfaceEndpoints: dice.chance(0.3) ? 2 : 0,
    tasks: Math.floor(dice.between(0, 6)),
    objects: Math.floor(dice.between(0, 40)),
    uploads: dice.chance(0.3) ? 1 : 0,
    domain: dice.chance(0.5),
    foreignNetwork: dice.chance(0.1),
    database,
    extras: dice.chance(0.3),
    strayInterface: dice.chance(0.1),
    groupCycle: dice.chance(0.5),
    lostFromState: dice.chance(0.1),
  };
}
