import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { killGroup, type RunningProcess } from "../operations/process";
import type { DeployedFunction } from "./gateway/functions";
import { runFunction, unpackCode, type Invoked } from "./lambda-runtime";

export interface LocalFunctionsOptions {
  /** Folder for unpacked code. */
  readonly folder: string;
  /** Environment of the local AWS. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Receives one line per failed invocation. */
  readonly log: (line: string) => void;
}

/** Runs deployed Lambda functions on this machine, each invocation in a separate process. */
export class LocalFunctions {
  private readonly running = new Set<RunningProcess>();

  constructor(private readonly options: LocalFunctionsOptions) {}

  /** Number of running invocations. */
  get count(): number {
    return this.running.size;
  }

  /** One invocation; killed at the function's time limit, as on AWS. */
  async run(deployed: DeployedFunction, event: unknown, onLine?: (line: string) => void): Promise<Invoked> {
    const { zip, timeoutSeconds, functionArn, runtime, handler, variables } = deployed;
    const folder = join(this.options.folder, createHash("sha256").update(zip).digest("hex").slice(0, 16));
    if (!existsSync(folder)) unpackCode(zip, folder);
    let child: RunningProcess | undefined;
    let timer: NodeJS.Timeout | undefined;
    const invoked = await runFunction(
      { functionArn, folder, runtime, handler, variables },
      {
        event,
        requestId: randomUUID(),
        remainingSeconds: timeoutSeconds,
        env: this.options.env(),
        onLine,
        onStart: (started) => {
          child = started;
          this.running.add(started);
          timer = setTimeout(() => killGroup(started.pid), timeoutSeconds * 1000);
        },
      },
    );
    clearTimeout(timer);
    if (child) this.running.delete(child);
    if (invoked.kind !== "returned") {
      const reason =
        invoked.kind === "threw" ? invoked.error : `exit code ${invoked.exitCode}\n${invoked.lastWords}`;
      this.options.log(`${functionArn} failed: ${reason}`);
    }
    return invoked;
  }

  /** Ends running invocations. */
  async stop(): Promise<void> {
    await Promise.all([...this.running].map((child) => child.stop()));
  }
}
