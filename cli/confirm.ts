import { createInterface } from "node:readline";
import { UserError } from "../contract/user-error";

/**
 * Asks on the terminal and returns whether the answer is exactly the expected one. Ctrl-D and a closed terminal count
 * as a no.
 *
 * @throws UserError when there is no terminal; it names the option to use instead
 */
export async function confirm(question: string, expected: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError(
      "There is no terminal to ask for confirmation. Read the output above, then run the command again with --yes.",
    );
  }
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  readline.once("SIGINT", () => {
    process.stderr.write("\nNothing was changed.\n");
    process.exit(130);
  });
  const answer = await new Promise<string>((resolve) => {
    const end = () => {
      process.stderr.write("\n");
      resolve("");
    };
    readline.once("close", end);
    readline.question(question, (line) => {
      readline.off("close", end);
      readline.close();
      resolve(line);
    });
  });
  return answer.trim() === expected;
}
