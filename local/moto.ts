import { existsSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { lastLines, run, start, type RunningProcess } from "../operations/process";

/** Version of the emulator that the gateway's patches are written for. */
export const MOTO_VERSION = "5.2.1";

export interface MotoOptions {
  /** Socket in a folder that no other user can enter, because moto does not authenticate its callers. */
  readonly socketPath: string;
  /** Environment to take PATH, HOME and pip settings from. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder in which a `.venv` is looked for and created. */
  readonly projectFolder: string;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

export interface Moto {
  readonly socketPath: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts `moto_server` on a socket and waits until it answers: the one on PATH, else one in the project's `.venv`,
 * which is created on first use (downloads about 60 MB from the Python package index).
 */
export async function startMoto(options: MotoOptions): Promise<Moto> {
  const { socketPath } = options;
  const command = await findMoto(options);
  const server = await start(command, {
    role: "service",
    args: ["-H", `unix://${socketPath}`],
    env: motoEnvironment(options),
    killAfterSeconds: 5,
  });
  try {
    await withinSeconds(HANGS_AFTER_SECONDS, answering(socketPath, server), server);
    return { socketPath, pid: server.pid, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** `moto_server` on PATH, else in `<project>/.venv`, else installed there. */
export async function findMoto(options: Omit<MotoOptions, "socketPath">): Promise<string> {
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

function motoEnvironment({ env }: MotoOptions): NodeJS.ProcessEnv {
  return {
    PATH: env.PATH,
    HOME: env.HOME,
    LANG: env.LANG,
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true", // else attaching arn:aws:iam::aws:policy/… fails
    MOTO_ACM_VALIDATION_WAIT: "1",
    MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
  };
}

async function answering(socketPath: string, server: RunningProcess): Promise<void> {
  let ended = false;
  void server.finished.then(() => (ended = true));
  while (!ended) {
    if (await isReady(socketPath)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = get({ socketPath, path: "/moto-api/data.json", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    outgoing.on("error", () => resolve(false));
  });
}

/** It starts within two seconds, but much slower on a busy machine. */
const HANGS_AFTER_SECONDS = 600;

async function withinSeconds<T>(seconds: number, result: Promise<T>, server: RunningProcess): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`moto_server did not answer within ${seconds} s.`)),
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
