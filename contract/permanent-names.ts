/**
 * Names that no ephemeral environment may have, besides those of the permanent environments themselves. Synth and
 * `init` refuse them, and neither the reaper nor its rights in IAM delete anything under them.
 */
export const PERMANENT_NAMES: readonly string[] = [
  "bootstrap",
  "main",
  "prod",
  "production",
  "shared",
  "staging",
];

/** What the name of an environment looks like: lower-case letters, digits and single hyphens. */
export const ENVIRONMENT_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
