import { setTimeout as wait } from "node:timers/promises";
import type { Output } from "../../output";

export interface WatchOptions<T> {
  readonly output: Output;
  readonly intervalSeconds: number;
  readonly look: () => Promise<T>;
  readonly show: (value: T) => string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Shows a value again and again: on a terminal over the last one, else one block after the other; with `--json` one
 * document per line. Ends without an error when the signal comes.
 */
export async function watch<T>({
  output,
  intervalSeconds,
  look,
  show,
  signal,
}: WatchOptions<T>): Promise<void> {
  while (!signal.aborted) {
    const value = await look();
    if (output.json) process.stdout.write(`${JSON.stringify(value)}\n`);
    else {
      // Cursor home and clear what was below: no flicker, and the terminal's history keeps what came before.
      if (output.interactive) process.stdout.write("\x1b[H\x1b[2J");
      output.line(show(value));
      output.line();
      if (output.interactive) output.line(output.colors.dim(`every ${intervalSeconds} s, Ctrl-C ends`));
    }
    await wait(intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
