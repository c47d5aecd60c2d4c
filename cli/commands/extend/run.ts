import { extend } from "../../../operations/leases/change";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { openRegistry } from "../../open-registry";

/** Extends the time to live of an ephemeral environment by `ms` milliseconds. */
export async function extendCommand(cli: Cli, stack: string, ms: number): Promise<void> {
  const located = await locate(cli, stack);
  const extended = await extend(await openRegistry(cli, located.ref), located, { ms, now: Date.now });
  const { from, to, maxExpiresAt } = extended;
  cli.output.result(extended, () =>
    cli.output.line(`${stack} expires at ${to} (before: ${from}). It can be extended until ${maxExpiresAt}.`),
  );
}
