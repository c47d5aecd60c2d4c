import { resolve } from "node:path";
import type { Command } from "commander";
import { UserError } from "../../contract/user-error";

/** Adds `--lock-timeout` to a command that locks a state. */
export function addLockTimeout(command: Command): Command {
  return command.option(
    "--lock-timeout <duration>",
    "how long to wait for a state lock that someone else holds, such as 90s or 10m",
    (text: string) => {
      if (/^[1-9]\d{0,4}[smh]$/.test(text)) return text;
      throw new UserError(
        `--lock-timeout is "${text}"; use whole seconds, minutes or hours, such as 90s, 10m or 1h.`,
      );
    },
  );
}

/**
 * Parses the folder of an option as an absolute path. It refuses an empty value, which an unset variable gives and
 * which would mean the current folder.
 */
export function folderOf(option: string): (text: string) => string {
  return (text) => {
    if (text !== "") return resolve(text);
    throw new UserError(`${option} is empty. Name a folder, or omit ${option}.`);
  };
}
