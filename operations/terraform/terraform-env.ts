import { UserError } from "../../contract/user-error";

/** Variables that affect how Terraform runs, but not its result: logs, caches, configuration, tokens. */
const HARMLESS =
  /^TF_(LOG(_\w+)?|CLI_CONFIG_FILE|PLUGIN_CACHE_\w+|IN_AUTOMATION|INPUT|IGNORE|REGISTRY_\w+|APPEND_USER_AGENT|TOKEN_\w+)$/;

/**
 * Refuses variables that change Terraform's result: another workspace has another state, and `-refresh=false` or
 * `-target` makes a plan incomplete.
 *
 * @throws UserError that names each of them
 */
export function refuseTerraformVariables(env: NodeJS.ProcessEnv): void {
  const names = Object.keys(env)
    .filter((name) => /^TF_/.test(name) && !HARMLESS.test(name) && env[name] !== "")
    .sort();
  if (names.length === 0) return;
  throw new UserError(
    `The environment sets ${names.join(", ")}, which would change what Terraform does with a stack.\n` +
      `Unset them first: unset ${names.join(" ")}`,
  );
}
