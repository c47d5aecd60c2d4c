import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { javaVersion, OLDEST_JAVA } from "../../operations/expectations/server/java";
import { mockServerArguments } from "../../operations/expectations/server/program";
import { run } from "../../operations/process";

/** What containers become on this machine. */
export interface Tools {
  /** Folder with the `aws` command of the containers. */
  readonly bin: string;
  /** Arguments of java for MockServer; `undefined` when something that it or its containers need is missing. */
  readonly mockServer?: readonly string[];
  /** PEM file with the authority that the Task API trusts; `undefined` when there is no PostgreSQL here. */
  readonly authorityFile?: string;
}

export interface FindToolsOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Folder for generated files. */
  readonly folder: string;
  /** One line of progress, or about what is missing. */
  readonly log: (line: string) => void;
}

/** Looks for java, jq, curl and the jar. What is missing is said in one line, not thrown: the rest works without. */
export async function findTools({ env, folder, log }: FindToolsOptions): Promise<Tools> {
  const bin = awsCommand(join(folder, "bin"));
  const missing = [
    ...((await javaVersion(env)) >= OLDEST_JAVA ? [] : [`java ${OLDEST_JAVA} or newer`]),
    ...((await answers("jq", env)) ? [] : ["jq"]),
    ...((await answers("curl", env)) ? [] : ["curl"]),
  ];
  let reason = missing.length > 0 ? `${missing.join(" and ")} not found` : undefined;
  let mockServer: readonly string[] | undefined;
  if (reason === undefined) {
    try {
      mockServer = await mockServerArguments({ env, log });
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  if (reason !== undefined) log(`mocks do not answer here, and their tasks are records only: ${reason}`);
  return { bin, mockServer };
}

async function answers(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await outputOf(command, ["--version"], env)) !== undefined;
}

async function outputOf(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await run(command, { args, env, timeoutSeconds: 600 });
    return exitCode === 0 ? stdout + stderr : undefined;
  } catch {
    return undefined;
  }
}

/** The folder with a command `aws` that node runs. */
function awsCommand(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const command = join(folder, "aws");
  const script = join(__dirname, "aws-cli.mjs");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(command, 0o755);
  return folder;
}
