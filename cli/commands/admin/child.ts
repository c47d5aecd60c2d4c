import { spawn } from "node:child_process";
import { UserError } from "../../../contract/user-error";
import type { Cli } from "../../context";

/**
 * Runs a program on the terminal of this command and returns its exit code; `undefined` if a signal ended it.
 *
 * @param missing what to say if the program is not there
 */
export function runOnTerminal(
  cli: Cli,
  command: string,
  args: readonly string[],
  {
    missing,
    signal,
    quiet = false,
  }: {
    readonly missing: string;
    readonly signal?: AbortSignal;
    /** Without input and output. @default false */
    readonly quiet?: boolean;
  },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: quiet ? "ignore" : "inherit", env: cli.env });
    const stop = () => child.kill();
    signal?.addEventListener("abort", stop, { once: true });
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      resolve(code ?? undefined);
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new UserError(`${command} is not on PATH. ${missing}`) : error),
    );
  });
}
