import { UserError } from "../../contract/user-error";

/** Variables that change how Terraform runs, but not what it does: logs, caches, its own configuration, tokens. */
const HARMLESS =
  /^TF_(LOG(_\w+)?|CLI_CONFIG_FILE|PLUGIN_CACHE_\w+|IN_AUTOMATION|INPUT|IGNORE|REGISTRY_\w+|APPEND_USER_AGENT|TOKEN_\w+)$/;

/**
 * Refuses variables that change what Terraform does: another workspace has no state, and arguments such as
 * `-refresh=false` or `-target` make a plan say less than there is.
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
