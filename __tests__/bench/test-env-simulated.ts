import "../../operations/aws/quiet-sdk";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEnvironmentFields } from "../../environments/schema/test-environment-fields";
import { TEST_ENV_DURATIONS } from "../support/test-env-aws";
import { simulatedRuns, type SimulatedRun } from "../support/test-env-simulation";
import { TEST_ENV_SPEC } from "../support/test-env-stage";
import { publish, table, type Target } from "./report";
import { percentile } from "./statistics";

/**
 * `npm run bench:test-env`, its second part: the command's own code, from admission to proof, in a simulated AWS with
 * published durations and rates, on a virtual clock.
 */

const RUNS = 1000;
const AT_ONCE = 50;
const MOST_SECONDS = 60;

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
  const faults: string[] = [];
  const measure = async (count: number) => {
    const runs: SimulatedRun[] = [];
    let left = 0;
    for (let seed = 1; runs.length < RUNS; seed++) {
      const group = await simulatedRuns(folder, spec, count, seed);
      if (group.gaps.length > 0) throw new Error(`not simulated: ${group.gaps.join(", ")}`);
      for (const { create, cleanup } of group.runs) {
        if (create.result !== "created") faults.push(`seed ${seed}: ${create.error}`);
        if (cleanup.result !== "complete") faults.push(`seed ${seed}: ${JSON.stringify(cleanup)}`);
      }
      runs.push(...group.runs);
      left += group.left.length;
    }
    return { runs, left };
  };
  try {
    const alone = await measure(1);
    const crowd = await measure(AT_ONCE);
    const of = (all: { readonly runs: readonly SimulatedRun[] }, part: "createSeconds" | "destroySeconds") =>
      all.runs.map((one) => one[part]);
    const times = table(
      [`simulated, ${RUNS} runs each`, "p50", "p95", "p99", "longest", `over ${MOST_SECONDS} s`],
      [
        row("create, alone", of(alone, "createSeconds")),
        row("destroy with proof, alone", of(alone, "destroySeconds")),
        row(`create, ${AT_ONCE} at once in one account`, of(crowd, "createSeconds")),
        row(`destroy with proof, ${AT_ONCE} at once`, of(crowd, "destroySeconds")),
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
    if (faults.length > 0) process.stderr.write(`${faults.join("\n")}\n`);
    const targets: Target[] = [
      {
        what: "create, p99, alone",
        measured: p99(of(alone, "createSeconds")),
        allowed: MOST_SECONDS,
        unit: " s",
      },
      {
        what: "destroy, p99, alone",
        measured: p99(of(alone, "destroySeconds")),
        allowed: MOST_SECONDS,
        unit: " s",
      },
      {
        what: `create, p99, ${AT_ONCE} at once`,
        measured: p99(of(crowd, "createSeconds")),
        allowed: MOST_SECONDS,
        unit: " s",
      },
      {
        what: `destroy, p99, ${AT_ONCE} at once`,
        measured: p99(of(crowd, "destroySeconds")),
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
