import { UserError } from "../../../contract/user-error";

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as Signal[];

/**
 * Runs work that a signal aborts instead of ending the process. Afterwards the exit code is that of the signal, unless
 * the work has set another one.
 *
 * @param endsByCtrlC whether Ctrl-C is the ordinary end of the work by now, and no interruption. @default it never is
 */
export async function abortedBySignals<T>(
  work: (signal: AbortSignal) => Promise<T>,
  endsByCtrlC: () => boolean = () => false,
): Promise<T> {
  const abort = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (signal: Signal) => {
    exitCode ??= signal === "SIGINT" && endsByCtrlC() ? 0 : EXIT_CODES[signal];
    abort.abort(new UserError("Interrupted."));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    if (exitCode !== undefined) process.exitCode ||= exitCode;
  }
}
