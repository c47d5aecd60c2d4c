import { extend } from "../../../operations/leases/change";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { openRegistry } from "../../open-registry";

/** Moves the expiry of an ephemeral environment by so many milliseconds. */
export async function extendCommand(cli: Cli, stack: string, ms: number): Promise<void> {
  const located = await locate(cli, stack);
  const extended = await extend(await openRegistry(cli, located.ref), located, { ms, now: Date.now });
  const { from, to, maxExpiresAt } = extended;
  cli.output.result(extended, () =>
    cli.output.line(`${stack} lives until ${to} (it was ${from}); it can be extended until ${maxExpiresAt}.`),
  );
}
