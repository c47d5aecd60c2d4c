/** Commands that texts tell people to run. */
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
 * A text whose suggested commands carry the global options of the one that runs: pasted, they reach the same AWS. It
 * matters most for `--local`, without which they would go to a real account.
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
