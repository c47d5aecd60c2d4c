import { join } from "node:path";
import { start, type Finished } from "../../operations/process";
import type { Stage } from "../../local/stage";

/** The `automock` command on a stage, as tests use it. */
export interface Commands {
  run(...args: readonly string[]): Promise<Finished>;
  /** Expects exit code 0, otherwise shows why; returns standard output. */
  done(...args: readonly string[]): Promise<string>;
  /** Like `done`, with `--json`. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Expects exit code 1 and a message without a stack trace, which it returns. */
  refused(...args: readonly string[]): Promise<string>;
  /** Ctrl-C when so many lines that match have been printed. */
  interrupted(after: number, line: RegExp, ...args: readonly string[]): Promise<Finished>;
}

export function commandsOn(stage: Stage): Commands {
  const run = (...args: readonly string[]) => stage.automock(args);
  async function done(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([args.join(" "), exitCode, exitCode === 0 ? "" : stderr]).toEqual([args.join(" "), 0, ""]);
    return stdout;
  }
  return {
    run,
    done,
    json: async <T>(...args: readonly string[]) => JSON.parse(await done("--json", ...args)) as T,
    refused: async (...args) => {
      const { exitCode, stderr } = await run(...args);
      expect([args.join(" "), exitCode, stderr.match(/^ {4}at /m)]).toEqual([args.join(" "), 1, null]);
      return stderr;
    },
    interrupted: async (after, pattern, ...args) => {
      let matching = 0;
      const command = await start(process.execPath, {
        args: [join(stage.folder, "cli", "bin", "automock.mjs"), "--local", ...args],
        cwd: stage.folder,
        env: process.env,
        onLine: (line) => {
          if (pattern.test(line) && ++matching === after) process.kill(command.pid, "SIGINT");
        },
      });
      return command.finished;
    },
  };
}
