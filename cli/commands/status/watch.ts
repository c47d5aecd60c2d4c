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
 * Shows a value repeatedly: on a terminal in place, otherwise one block after the other; with `--json` one document per
 * line. Returns without an error when `signal` aborts.
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
      // Move the cursor home and clear the screen: no flicker, and the scroll-back stays.
      if (output.interactive) process.stdout.write("\x1b[H\x1b[2J");
      output.line(show(value));
      output.line();
      if (output.interactive)
        output.line(output.colors.dim(`refreshes every ${intervalSeconds} s; Ctrl-C to exit`));
    }
    await wait(intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
