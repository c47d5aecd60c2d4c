import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Child processes that never outlive their purpose.
 *
 * Each child leads its own process group, so a stop also reaches its children (terraform's providers).
 * This process forwards SIGINT, SIGTERM and SIGHUP and waits: first for the jobs (terraform, which then releases its
 * state lock), then for the services they use (moto). A second signal kills immediately, except for a job with
 * `onInterrupt`.
 * If this process dies without a chance to act (SIGKILL, crash), a watchdog shell per child sees its standard
 * input close and ends the group. POSIX only: Linux, macOS, WSL.
 */

export type StopSignal = "SIGINT" | "SIGTERM";

export interface StartOptions {
  readonly args: readonly string[];
  /** The complete environment of the child; nothing is added. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** User and group that the child runs as; root alone may name another one. @default those of this process */
  readonly uid?: number;
  readonly gid?: number;
  /** Called for each line as it comes. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** `job` is asked to stop before any `service`. @default "job" */
  readonly role?: "job" | "service";
  /** First, polite signal. @default "SIGINT" for a job, "SIGTERM" for a service */
  readonly stopSignal?: StopSignal;
  /** Seconds between the polite signal and SIGKILL. @default 30 */
  readonly killAfterSeconds?: number;
  /**
   * For a child that must not be killed, such as an apply. Called when this process receives a stop signal, before the
   * child does. A second signal is forwarded too, and the child then has 30 seconds left. A third one kills it.
   */
  readonly onInterrupt?: (times: 1 | 2) => void;
  /** `caller`: a stop signal to this process does not reach the child; the caller stops it. @default "signals" */
  readonly stoppedBy?: "signals" | "caller";
}

export interface RunOptions extends StartOptions {
  /** Seconds after which the child is stopped and the promise rejects. @default no limit */
  readonly timeoutSeconds?: number;
}

export interface Finished {
  /** Exit code; 128 when a signal ended it. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Sends the stop signal, waits, then kills. Resolves when the whole group has ended. */
  stop(): Promise<void>;
}

interface Tracked extends RunningProcess {
  readonly role: "job" | "service";
  readonly stopSignal: StopSignal;
  readonly onInterrupt?: StartOptions["onInterrupt"];
  signalGroup(signal: NodeJS.Signals): void;
}

const tracked = new Set<Tracked>();
let shuttingDown: NodeJS.Signals | undefined;
let hurried = false;
const HURRY_SECONDS = 30;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type ForwardedSignal = keyof typeof SIGNAL_NUMBERS;
/** Blocks the callers after a signal: they must not continue during the shutdown. */
const NEVER = new Promise<never>(() => undefined);
const FORWARDED = Object.keys(SIGNAL_NUMBERS) as ForwardedSignal[];

/** Whether a stop signal has arrived: children then end because of it. */
export function isShuttingDown(): boolean {
  return shuttingDown !== undefined;
}

/** Starts a child. Throws a readable error if the command cannot be started. */
export async function start(command: string, options: StartOptions): Promise<RunningProcess> {
  if (shuttingDown) return NEVER;
  const role = options.role ?? "job";
  const child = spawn(command, options.args, {
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const finished = collect(child, options.onLine);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Error(
              `Cannot start "${command}": the command is not on PATH, or the folder ${options.cwd ?? "."} does not exist.`,
            )
          : error,
      ),
    );
  });
  const pid = child.pid as number;
  const stopSignal = options.stopSignal ?? (role === "job" ? "SIGINT" : "SIGTERM");
  const killAfterSeconds = options.killAfterSeconds ?? 30;
  const watchdog = watch(pid, stopSignal, killAfterSeconds);

  const signalGroup = (signal: NodeJS.Signals) => signalTo(-pid, signal);
  let stopping: Promise<void> | undefined;
  const entry: Tracked = {
    pid,
    role,
    stopSignal,
    onInterrupt: options.onInterrupt,
    signalGroup,
    finished: finished.finally(async () => {
      signalGroup("SIGKILL"); // whatever the child left in its group
      tracked.delete(entry);
      if (tracked.size === 0) unlisten();
      watchdog.kill("SIGKILL");
    }),
    stop: () =>
      (stopping ??= (async () => {
        signalGroup(stopSignal);
        const timer = setTimeout(() => signalGroup("SIGKILL"), killAfterSeconds * 1000);
        await entry.finished.catch(() => undefined);
        clearTimeout(timer);
      })()),
  };
  if (options.stoppedBy === "caller") return entry;
  if (tracked.size === 0) listen();
  tracked.add(entry);
  return entry;
}

/** Kills a child and all that it started; nothing happens when they have ended. */
export function killGroup(pid: number): void {
  signalTo(-pid, "SIGKILL");
}

/**
 * Signals a process, or the group whose negative id is given; nothing happens when it has ended. All signals go this way,
 * because `process.kill` throws then, and in a timer that would end this process.
 */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has already ended.
  }
}

/** Runs a child to its end and returns its output. A non-zero exit code is not an error here. */
export async function run(command: string, options: RunOptions): Promise<Finished> {
  const running = await start(command, options);
  const finished = running.finished.then((result) => (shuttingDown ? NEVER : result));
  if (options.timeoutSeconds === undefined) return finished;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void running.stop();
  }, options.timeoutSeconds * 1000);
  const result = await finished.finally(() => clearTimeout(timer));
  if (timedOut) {
    throw new Error(
      `"${[command, ...options.args].join(" ")}" did not finish within ${options.timeoutSeconds} s and was stopped.\n` +
        lastLines(result.stdout + result.stderr, 20),
    );
  }
  return result;
}

/** The last lines of a child's output, for error messages. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

function collect(child: ChildProcess, onLine: StartOptions["onLine"]): Promise<Finished> {
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    const lines = createInterface({ input: child[stream] as NodeJS.ReadableStream, crlfDelay: Infinity });
    lines.on("line", (line) => {
      text[stream] += `${line}\n`;
      onLine?.(line, stream);
    });
  }
  return new Promise((resolve) => {
    // "close" waits for the pipes. A grandchild that inherits them must not block us forever, so one second after
    // "exit" we stop reading.
    child.once("exit", () => setTimeout(() => child.stdout?.destroy(), 1000).unref());
    child.once("exit", () => setTimeout(() => child.stderr?.destroy(), 1000).unref());
    child.once("close", (code, signal) => resolve({ exitCode: code ?? 128, signal, ...text }));
  });
}

/** A shell that ends the group of `pid` when its standard input closes, which happens only when this process dies. */
function watch(pid: number, signal: StopSignal, killAfterSeconds: number): ChildProcess {
  // dash, bash and busybox all accept the form `kill -INT -<group>`.
  const script = `read -r _; kill -${signal.slice(3)} -$1; n=0
while [ $n -lt $2 ] && kill -0 -$1; do sleep 1; n=$((n+1)); done; kill -KILL -$1`;
  const watchdog = spawn("/bin/sh", ["-c", script, "watchdog", String(pid), String(killAfterSeconds)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env.PATH },
  });
  watchdog.on("error", () => undefined);
  watchdog.unref();
  return watchdog;
}

function listen(): void {
  for (const signal of FORWARDED) process.on(signal, onSignal);
  process.on("exit", killAll);
}

function unlisten(): void {
  if (shuttingDown) return;
  for (const signal of FORWARDED) process.off(signal, onSignal);
  process.off("exit", killAll);
}

function killAll(): void {
  for (const entry of tracked) entry.signalGroup("SIGKILL");
}

function onSignal(signal: NodeJS.Signals): void {
  const exitCode = 128 + SIGNAL_NUMBERS[signal as ForwardedSignal];
  const careful = [...tracked].filter(({ onInterrupt }) => onInterrupt);
  if (shuttingDown) {
    if (hurried || careful.length === 0) process.exit(exitCode); // the "exit" listener kills what is left
    hurried = true;
    for (const entry of careful) {
      entry.onInterrupt!(2);
      entry.signalGroup(entry.stopSignal);
    }
    setTimeout(() => process.exit(exitCode), HURRY_SECONDS * 1000);
    return;
  }
  shuttingDown = signal;
  for (const entry of careful) entry.onInterrupt!(1);
  void (async () => {
    for (const role of ["job", "service"] as const) {
      await Promise.all([...tracked].filter((entry) => entry.role === role).map((entry) => entry.stop()));
    }
    process.exit(exitCode);
  })();
}

/** Whether a process exists, also one of another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
