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
  "cost",
  "doctor",
  "bootstrap",
] as const;

const SUGGESTED = new RegExp(`\\bautomock (?=(?:${COMMAND_NAMES.join("|")})\\b)`, "g");

/**
 * Adds the current global options to the commands that a text suggests, so that a pasted command reaches the same AWS.
 * Without `--local` it would reach a real account.
 */
export function withGlobalOptions(
  text: string,
  { local, region, profile }: { readonly local?: true; readonly region?: string; readonly profile?: string },
): string {
  const options =
    (local ? "--local " : "") +
    (region === undefined ? "" : `--region ${region} `) +
    (profile === undefined ? "" : `--profile ${profile} `);
  return options === "" ? text : text.replaceAll(SUGGESTED, `automock ${options}`);
}
