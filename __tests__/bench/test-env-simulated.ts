import "../../operations/aws/quiet-sdk";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  testEnvironmentFields,
  type TestEnvironment,
} from "../../environments/schema/test-environment-fields";
import { CallRecorder } from "../../operations/test-environments/calls";
import { LocalJournal } from "../../operations/test-environments/journal";
import { createRun, destroy } from "../../operations/test-environments/lifecycle";
import { newRun, type OpenRun } from "../../operations/test-environments/open";
import type { TestRunRegistry } from "../../registry/test-runs";
import { simulatedClients } from "../support/aws-simulator/clients";
import { VirtualClock } from "../support/aws-simulator/kernel/clock";
import { Process, type Faults } from "../support/aws-simulator/kernel/faults";
import { Random } from "../support/aws-simulator/kernel/random";
import { LATENCY, Simulator } from "../support/aws-simulator/kernel/simulator";
import { World } from "../support/aws-simulator/world/world";
import { TEST_ENV_DURATIONS, testEnvAws } from "../support/test-env-aws";
import { PLACE, TEST_ENV_SPEC } from "../support/test-env-stage";
import { FakeTestRegistry } from "../support/test-run";
import { publish, table, type Target } from "./report";
import { percentile } from "./statistics";
import { onVirtualTime } from "./virtual-time";

/**
 * `npm run bench:test-env`, its second part: the command's own code, from admission to proof, in a simulated AWS with
 * published durations and rates, on a virtual clock.
 */

const RUNS = 1000;
const AT_ONCE = 50;
const MOST_SECONDS = 60;
const FAULTS: Faults = { throttle: 0.05, serverError: 0.01, lostAnswer: 0.01, partialFailure: 0 };
const PRINCIPAL = { arn: "arn:aws:iam::123456789012:role/pipeline", tags: {} };

interface Measured {
  readonly create: number;
  readonly destroy: number;
  /** Why it was not created or not removed. */
  readonly fault?: string;
}

/** Some runs that begin in the same instant and share the rates of their account. */
async function together(count: number, seed: number, folder: string, spec: TestEnvironment) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 31, 9));
  const random = new Random(seed);
  const aws = testEnvAws(clock, random);
  const world = new World(PLACE, random);
  const simulator = new Simulator({ world, clock, random, services: aws.services, faults: FAULTS });
  const back = onVirtualTime(clock);
  try {
    const runs = Array.from({ length: count }, async (_, i): Promise<Measured> => {
      const header = newRun(spec, { key: `${seed} ${i}` }, {}, clock.now());
      const open: OpenRun = {
        run: header,
        header,
        clients: simulatedClients(simulator, new Process(), PRINCIPAL),
        registry: registryOf(clock, random),
        journal: new LocalJournal(folder, header.run),
        projectFolder: folder,
        progress: () => undefined,
        now: () => clock.now(),
        calls: new CallRecorder(),
      };
      const started = clock.now();
      const { report } = await createRun(open, spec, new AbortController().signal);
      const created = clock.now();
      const cleanup = await destroy(open);
      return {
        create: (created - started) / 1000,
        destroy: (clock.now() - created) / 1000,
        ...(report.result !== "created" && { fault: `seed ${seed}, run ${i}: ${report.error}` }),
        ...(cleanup.result !== "complete" && {
          fault: `seed ${seed}, run ${i}: ${JSON.stringify([cleanup.left, cleanup.errors])}`,
        }),
      };
    });
    const measured = await clock.run(Promise.all(runs));
    return { measured, left: aws.left().length, gaps: simulator.gaps };
  } finally {
    back();
  }
}

/** The registry answers as DynamoDB does, one call of an item each. */
function registryOf(clock: VirtualClock, random: Random): TestRunRegistry {
  const fake = new FakeTestRegistry();
  const answers: Record<string, unknown> = {
    open: true,
    takeSlot: 0,
    breakerUntil: undefined,
    close: true,
  };
  return new Proxy(fake, {
    get:
      (target, name: string) =>
      async (...args: unknown[]) => {
        await clock.sleep(random.duration(LATENCY));
        const method = (target as unknown as Record<string, unknown>)[name];
        return typeof method === "function" ? (method.apply(target, args) as unknown) : answers[name];
      },
  }) as unknown as TestRunRegistry;
}

function row(label: string, all: readonly number[]): string[] {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => `${percentile(sorted, share).toFixed(1)} s`;
  const over = (100 * all.filter((one) => one > MOST_SECONDS).length) / all.length;
  return [label, at(0.5), at(0.95), at(0.99), `${sorted.at(-1)!.toFixed(1)} s`, `${over.toFixed(1)} %`];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "test-env-simulated-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "index.mjs"), "export const handler = async () => ({});\n");
  const spec = testEnvironmentFields.parse({ name: "orders", ...TEST_ENV_SPEC });
  const measure = async (count: number) => {
    const measured: Measured[] = [];
    let left = 0;
    for (let seed = 1; measured.length < RUNS; seed++) {
      const group = await together(count, seed, folder, spec);
      if (group.gaps.length > 0) throw new Error(`not simulated: ${group.gaps.join(", ")}`);
      measured.push(...group.measured);
      left += group.left;
    }
    return { measured, left };
  };
  try {
    const alone = await measure(1);
    const crowd = await measure(AT_ONCE);
    const of = (all: { readonly measured: readonly Measured[] }, part: "create" | "destroy") =>
      all.measured.map((one) => one[part]);
    const times = table(
      [`simulated, ${RUNS} runs each`, "p50", "p95", "p99", "longest", `over ${MOST_SECONDS} s`],
      [
        row("create, alone", of(alone, "create")),
        row("destroy with proof, alone", of(alone, "destroy")),
        row(`create, ${AT_ONCE} at once in one account`, of(crowd, "create")),
        row(`destroy with proof, ${AT_ONCE} at once`, of(crowd, "destroy")),
      ],
    );
    const durations = table(
      ["assumed duration", "median", "p95", "at most"],
      Object.entries(TEST_ENV_DURATIONS).map(([name, { median, p95, atMost }]) => [
        name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
        ...[median, p95, atMost].map((ms) => `${ms / 1000} s`),
      ]),
    );
    const p99 = (all: readonly number[]) =>
      percentile(
        [...all].sort((a, b) => a - b),
        0.99,
      );
    const faults = [...alone.measured, ...crowd.measured].flatMap(({ fault }) => fault ?? []);
    if (faults.length > 0) process.stderr.write(`${faults.join("\n")}\n`);
    const targets: Target[] = [
      { what: "create, p99, alone", measured: p99(of(alone, "create")), allowed: MOST_SECONDS, unit: " s" },
      { what: "destroy, p99, alone", measured: p99(of(alone, "destroy")), allowed: MOST_SECONDS, unit: " s" },
      {
        what: `create, p99, ${AT_ONCE} at once`,
        measured: p99(of(crowd, "create")),
        allowed: MOST_SECONDS,
        unit: " s",
      },
      {
        what: `destroy, p99, ${AT_ONCE} at once`,
        measured: p99(of(crowd, "destroy")),
        allowed: MOST_SECONDS,
        unit: " s",
      },
      { what: "runs not created or not removed", measured: faults.length, allowed: 0, unit: "" },
      { what: "resources left", measured: alone.left + crowd.left, allowed: 0, unit: "" },
    ];
    await publish("npm run bench:test-env, simulated", [times, durations], targets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
