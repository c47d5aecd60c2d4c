import type { Cli } from "../../context";
import type { StackRef } from "../../../environments/schema/stacks";
import { createClients } from "../../../operations/aws/clients";
import { howToBeWarned, warnedOwners } from "../../../operations/leases/warned";

/**
 * Who is warned before an ephemeral stack is deleted. Says so loudly when no one is. `undefined` for a permanent stack,
 * and when the subscriptions cannot be read.
 */
export async function warnedOfStack(cli: Cli, stack: StackRef): Promise<readonly string[] | undefined> {
  const { definition } = stack;
  if (definition?.ttlHours === undefined) return undefined;
  const { sns } = await createClients(cli.clientConfig(stack.region), "sns");
  const found = await warnedOwners(sns, stack, [definition.owner]).catch(() => undefined);
  const endpoints = found?.owners[0]?.endpoints;
  if (endpoints?.length === 0) {
    cli.output.progress(
      `WARNING: no one would be warned before ${stack.id} is deleted, so the reaper will not delete it and it goes on to cost money. ${howToBeWarned(definition.owner, found?.unconfirmed)}`,
    );
  }
  return endpoints;
}
