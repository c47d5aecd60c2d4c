/** Commands that messages suggest. */
export const COMMAND_NAMES = [
  "init",
  "plan",
  "deploy",
  "status",
  "list",
  "extend",
  "protect",
  "unprotect",
  "expectations",
  "destroy",
  "reap",
  "test-env",
  "control-plane",
  "cost",
  "dashboard",
  "admin",
  "images",
  "doctor",
  "bootstrap",
] as const;

const SUGGESTED = new RegExp(`(?:\\bnpx )?\\bautomock (?=(?:${COMMAND_NAMES.join("|")})\\b)`, "g");

/**
 * Makes the commands that a text suggests run as pasted: through npx, because `automock` is not on PATH, and with the
 * current global options. Without `--local` a command would reach a real account.
 */
export function withGlobalOptions(
  text: string,
  { local, region, profile }: { readonly local?: true; readonly region?: string; readonly profile?: string },
): string {
  const options =
    (local ? "--local " : "") +
    (region === undefined ? "" : `--region ${region} `) +
    (profile === undefined ? "" : `--profile ${profile} `);
  return text.replaceAll(SUGGESTED, `npx automock ${options}`);
}
