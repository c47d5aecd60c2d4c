/** What a command that answers requests waits for: it never comes, Ctrl-C ends the process. */
export function untilCtrlC(): Promise<never> {
  return new Promise(() => undefined);
}
