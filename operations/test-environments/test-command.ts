import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { start, type RunningProcess } from "../process";

export interface TestCommand {
  readonly command: readonly string[];
  readonly timeoutMinutes: number;
  /** Path of the JUnit report that the command writes, relative to `cwd`. @default none */
  readonly junit?: string;
  /** Variables of the resources, added to the environment of the command. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly onLine: (line: string) => void;
  /** Stops the command. */
  readonly signal: AbortSignal;
}

export interface TestResult {
  readonly passed: boolean;
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly seconds: number;
  /** Path of the JUnit report of this run; `missing` if the command did not write it. */
  readonly junit?: string;
}

/** Runs the tests. Its lines go to `onLine`; a command that cannot be started counts as failed. */
export async function runTests(options: TestCommand): Promise<TestResult> {
  const { command, timeoutMinutes, junit, outputs, env, cwd, onLine, signal } = options;
  const [program = "", ...args] = command;
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  // One of an earlier run would pass for this one's.
  const report = junit === undefined ? undefined : join(cwd, junit);
  if (report !== undefined) rmSync(report, { force: true });
  let child: RunningProcess;
  try {
    child = await start(program, {
      args,
      cwd,
      env: { ...env, ...outputs },
      onLine,
      stopSignal: "SIGTERM",
      killAfterSeconds: 10,
      stoppedBy: "caller",
    });
  } catch (error) {
    onLine((error as Error).message);
    return { passed: false, exitCode: 127, timedOut: false, seconds: seconds() };
  }
  let timedOut = false;
  const stop = () => void child.stop();
  const timer = setTimeout(() => {
    timedOut = true;
    onLine(`The tests did not finish within ${timeoutMinutes} min and were stopped.`);
    stop();
  }, timeoutMinutes * 60_000);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const { exitCode } = await child.finished;
    return {
      passed: exitCode === 0 && !timedOut && !signal.aborted,
      exitCode,
      timedOut,
      seconds: seconds(),
      ...(report !== undefined && { junit: existsSync(report) ? junit : "missing" }),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
