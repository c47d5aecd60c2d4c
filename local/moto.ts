import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lastLines, run, start, type RunningProcess } from "../operations/process";

/** The emulator's version that the gateway's patches are written for. */
export const MOTO_VERSION = "5.2.1";

export interface MotoOptions {
  readonly accountId: string;
  /** Environment to take PATH, HOME and pip settings from. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder in which a `.venv` is looked for and made. */
  readonly projectFolder: string;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

export interface Moto {
  /** Port on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts `moto_server` on a free loopback port and waits until it answers: the one on PATH, else one in the
 * project's `.venv`, which is made on first use (downloads about 60 MB from the Python package index).
 */
export async function startMoto(options: MotoOptions): Promise<Moto> {
  const command = await findMoto(options);
  // Port 0: the kernel picks a free one, so that two runs never race for the same.
  let announce: (port: number) => void = () => undefined;
  const announced = new Promise<number>((resolve) => (announce = resolve));
  const server = await start(command, {
    role: "service",
    args: ["-H", "127.0.0.1", "-p", "0"],
    env: motoEnvironment(options),
    killAfterSeconds: 5,
    onLine: (line) => {
      const port = announcedPort(line);
      if (port !== undefined) announce(port);
    },
  });
  try {
    const port = await withinSeconds(60, announced, server, "name its port");
    await withinSeconds(60, answering(port, server), server, "answer");
    return { port, pid: server.pid, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** ` * Running on http://127.0.0.1:43215` as the server prints it. */
export function announcedPort(line: string): number | undefined {
  const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** `moto_server` on PATH, else in `<project>/.venv`, else installed there. */
export async function findMoto(options: Omit<MotoOptions, "accountId">): Promise<string> {
  if (await works("moto_server", options.env)) return "moto_server";
  const venv = join(options.projectFolder, ".venv");
  const inVenv = join(venv, "bin", "moto_server");
  if (existsSync(inVenv) && (await works(inVenv, options.env))) return inVenv;
  options.log(`installing moto ${MOTO_VERSION} into .venv (once)`);
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", venv]],
    [join(venv, "bin", "python"), ["-m", "pip", "install", "--quiet", `moto[server]==${MOTO_VERSION}`]],
  ];
  for (const [command, args] of steps) {
    const fault = await failureOf(command, args, options.env);
    if (fault === undefined) continue;
    rmSync(venv, { recursive: true, force: true });
    throw new Error(
      `The local AWS needs moto_server, which is not on PATH and could not be installed: ` +
        `"${[command, ...args].join(" ")}" failed.\n${fault}\n` +
        `Install Python 3.10 or newer, then either "pip install 'moto[server]==${MOTO_VERSION}'" or try again.`,
    );
  }
  return inVenv;
}

async function works(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await failureOf(command, ["--help"], env)) === undefined;
}

async function failureOf(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const result = await run(command, { args, env, timeoutSeconds: 600 });
    return result.exitCode === 0 ? undefined : lastLines(result.stderr + result.stdout, 15);
  } catch (error) {
    return (error as Error).message;
  }
}

function motoEnvironment({ env, accountId }: MotoOptions): NodeJS.ProcessEnv {
  return {
    PATH: env.PATH,
    HOME: env.HOME,
    LANG: env.LANG,
    PYTHONUNBUFFERED: "1", // the port is read from its output
    MOTO_ACCOUNT_ID: accountId,
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true", // else attaching arn:aws:iam::aws:policy/… fails
    MOTO_ACM_VALIDATION_WAIT: "1",
    MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
  };
}

async function answering(port: number, server: RunningProcess): Promise<void> {
  let ended = false;
  void server.finished.then(() => (ended = true));
  while (!ended) {
    const ready = await fetch(`http://127.0.0.1:${port}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function withinSeconds<T>(
  seconds: number,
  result: Promise<T>,
  server: RunningProcess,
  what: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`moto_server did not ${what} within ${seconds} s.`)),
      seconds * 1000,
    );
  });
  const ended = server.finished.then((end) => {
    throw new Error(`moto_server ended with exit code ${end.exitCode}:\n${lastLines(end.stderr, 20)}`);
  });
  try {
    return await Promise.race([result, late, ended]);
  } finally {
    clearTimeout(timer);
  }
}
