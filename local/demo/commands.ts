import { lastLines } from "../../operations/process";
import type { Stage } from "../stage";
import type { Steps } from "../steps";
import type { Transcript } from "./transcript";

/** Runs the `automock` command as a step of the demo; returns what it wrote to standard output. */
export type Automock = (...args: readonly string[]) => Promise<string>;

/** Only one of this many progress lines is shown. */
const EVERY = 25;

/**
 * Runs the command as a user would. It shows some of its progress lines (all if `verbose`), and its result as a whole at
 * the end, because other steps may run in parallel. Any exit code but 0 ends the demo.
 */
export function automockIn(
  stage: Stage,
  { step, detail }: Steps,
  { verbose, transcript }: { readonly verbose: boolean; readonly transcript: Transcript },
): Automock {
  return (...args) =>
    step(`$ automock --local ${args.join(" ")}`, async () => {
      let lines = 0;
      const { exitCode, stdout, stderr } = await stage.automock(args, {
        onLine: (line, stream) => {
          if (stream === "stderr" && (verbose || ++lines % EVERY === 0)) detail(line);
        },
      });
      for (const line of stdout.trimEnd().split("\n")) detail(line);
      if (exitCode !== 0) throw new Error(`It ended with exit code ${exitCode}:\n${lastLines(stderr, 40)}`);
      transcript.add(args, stdout);
      return stdout;
    });
}
