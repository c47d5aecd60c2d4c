import { TEST_EXIT } from "../../contract/test-run";
import type { FinishedRun } from "../../registry/test-runs";

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface RunStats {
  readonly spec: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  readonly runs: number;
  readonly passed: number;
  readonly testsFailed: number;
  readonly notCreated: number;
  readonly incomplete: number;
  readonly interrupted: number;
  /** Resources that were left over. */
  readonly leftovers: number;
  /** Absent without runs. */
  readonly createSeconds?: Quantiles;
  readonly destroySeconds?: Quantiles;
}

export function statsOf(spec: string, since: string, runs: readonly FinishedRun[]): RunStats {
  const count = (code: number) => runs.filter(({ exitCode }) => exitCode === code).length;
  return {
    spec,
    since,
    runs: runs.length,
    passed: count(TEST_EXIT.ok),
    testsFailed: count(TEST_EXIT.testsFailed),
    notCreated: count(TEST_EXIT.notCreated),
    incomplete: count(TEST_EXIT.cleanupIncomplete),
    interrupted: count(TEST_EXIT.interrupted),
    leftovers: runs.reduce((sum, { leftovers }) => sum + leftovers, 0),
    ...(runs.length > 0 && {
      createSeconds: quantiles(runs.map(({ createSeconds }) => createSeconds)),
      destroySeconds: quantiles(runs.map(({ destroySeconds }) => destroySeconds)),
    }),
  };
}

/** Nearest-rank quantiles of at least one value. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1)! };
}
