import { CommanderError, InvalidArgumentError, type Command } from "commander";
import { parseDuration } from "../../../contract/duration";
import { TEST_EXIT, TEST_TTL_MINUTES } from "../../../contract/test-run";
import { UserError } from "../../../contract/user-error";
import { Refused } from "../../../operations/test-environments/refused";

/** Exit code 1 would say that tests have failed. */
function exitRefused({ exitCode, code, message }: CommanderError): never {
  throw new CommanderError(exitCode === 0 ? 0 : TEST_EXIT.refused, code, message);
}

/** Wraps a command that creates: whatever is wrong with its input has created nothing. */
export function refusing<A extends unknown[]>(
  work: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await work(...args);
    } catch (error) {
      throw error instanceof UserError ? new Refused(error.message, { cause: error }) : error;
    }
  };
}

/** Options of a command that creates. */
export function addNewOptions(command: Command): Command {
  return command
    .exitOverride(exitRefused)
    .option(
      "--ttl <duration>",
      `time to live, ${TEST_TTL_MINUTES.min}m to ${TEST_TTL_MINUTES.max / 60}h, instead of that of the file`,
      ttlMinutes,
    )
    .option(
      "--key <text>",
      "text that identifies the pipeline stage, so that a retried stage continues its own environment",
      keyText,
    );
}

function ttlMinutes(text: string): number {
  const { min, max } = TEST_TTL_MINUTES;
  const minutes = refusedArgument(() => parseDuration(text, "--ttl")) / 60_000;
  if (minutes >= min && minutes <= max) return minutes;
  throw new InvalidArgumentError(`Use ${min}m to ${max / 60}h.`);
}

function refusedArgument<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function keyText(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError(
    "It is empty, which an unset variable gives. Omit --key, or set the variable.",
  );
}
