import { accountOf } from "../aws/account";
import type { Workspace } from "../workspace";
import type { Place } from "../../environments/schema/stacks";
import { UserError } from "../../contract/user-error";

/**
 * Compares the account of the credentials with the one a stack belongs to.
 *
 * @throws UserError when they differ
 */
export async function checkAccount(
  workspace: Pick<Workspace, "clientConfig">,
  stack: Place & { readonly id: string },
): Promise<void> {
  const given = await accountOf(workspace.clientConfig(stack.region));
  if (given === stack.accountId) return;
  throw new UserError(
    `The credentials belong to account ${given}, but ${stack.id} belongs to ${stack.accountId}.\n` +
      "Use credentials of that account (--profile), or correct accountId in the environment's file.",
  );
}
