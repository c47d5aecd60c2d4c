import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";

const TSX = createRequire(__filename).resolve("tsx/cli");

/** Wall time of a whole `tsx <script>` process in milliseconds, and what it printed. */
export interface Run {
  readonly wallMs: number;
  readonly output: string;
}

/** Runs a script by tsx in a fresh process; throws with what it printed when it fails. */
export function runTsx(script: string, options: { readonly cwd: string; readonly outdir?: string }): Run {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [TSX, script], {
    cwd: options.cwd,
    encoding: "utf8",
    env: { ...process.env, ...(options.outdir === undefined ? {} : { CDKTF_OUTDIR: options.outdir }) },
  });
  const wallMs = performance.now() - started;
  if (status !== 0) throw new Error(`tsx ${script} ended with ${status}:\n${stdout}${stderr}`);
  return { wallMs, output: stdout };
}

/** Seconds of the clock, and of processor time. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/**
 * What a command costs, its own processes included. It must be the only one that ends meanwhile: Linux counts the
 * processor time of a process among its parent's when it ends.
 */
export async function costOf(command: () => Promise<unknown>): Promise<Cost> {
  const [started, cpu] = [performance.now(), cpuSecondsOfEnded()];
  await command();
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: cpuSecondsOfEnded() - cpu };
}

export function sum(one: Cost, other: Cost): Cost {
  return { seconds: one.seconds + other.seconds, cpuSeconds: one.cpuSeconds + other.cpuSeconds };
}

export function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

/** User and system time of the child processes that have ended, and of theirs. */
function cpuSecondsOfEnded(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS_PER_SECOND;
}

/** The kernel shows processor time in these. */
export const CLOCK_TICKS_PER_SECOND = 100;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
