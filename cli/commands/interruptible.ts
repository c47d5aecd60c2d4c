import type { ApplyOptions } from "../../operations/delivery/apply-plan";
import type { Cli } from "../context";

/** How an apply reports progress, and what `--json` prints after Ctrl-C. */
export function interruptible({ output }: Cli, stack: string): Pick<ApplyOptions, "progress" | "onStopped"> {
  return {
    progress: output.progress,
    onStopped: (steps) => output.result({ stack, interrupted: true, steps }, () => undefined),
  };
}
