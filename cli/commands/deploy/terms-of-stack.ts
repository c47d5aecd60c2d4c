import type { Cli } from "../../context";
import { termsOf, type Terms } from "../../../operations/leases/terms";
import { openRegistry } from "../../open-registry";
import type { StackRef } from "../../../environments/schema/stacks";

/** The time to live of a stack, from the registry; `undefined` for a permanent stack or an unreachable registry. */
export async function termsOfStack(cli: Cli, stack: StackRef): Promise<Terms | undefined> {
  if (stack.definition?.ttlHours === undefined) return undefined;
  const registry = await openRegistry(cli, stack);
  const read = await registry.get(stack.environment).catch(() => undefined);
  return read?.kind === "record" ? termsOf(read.record, Date.now()) : undefined;
}
