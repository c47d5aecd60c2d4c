import type { Cli } from "../../context";
import type { Terms } from "../../../operations/leases/terms";
import type { StackRef } from "../../../environments/stacks";

/** The time to live of a stack, from the registry; `undefined` for a permanent one, or when the registry is out of reach. */
export async function termsOfStack(cli: Cli, stack: StackRef): Promise<Terms | undefined> {
  if (stack.definition?.ttlHours === undefined) return undefined;
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { Registry } = await import("../../../operations/leases/registry");
  const { termsOf } = await import("../../../operations/leases/terms");
  const registry = new Registry(new DynamoDBClient(cli.clientConfig(stack.region)), stack);
  const read = await registry.get(stack.environment).catch(() => undefined);
  return read?.kind === "record" ? termsOf(read.record, Date.now()) : undefined;
}
