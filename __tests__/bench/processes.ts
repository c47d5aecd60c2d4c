import { spawnSync } from "node:child_process";
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
