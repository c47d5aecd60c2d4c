import { protectionText, setProtected } from "../../../operations/leases/change";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { openRegistry } from "../../open-registry";

/** Protects an ephemeral environment from the reaper, or unprotects it. */
export async function protectCommand(cli: Cli, stack: string, value: boolean): Promise<void> {
  const located = await locate(cli, stack);
  const registry = await openRegistry(cli, located.ref);
  const change = await setProtected(registry, located, value, Date.now());
  cli.output.result(change, () => protectionText(change).forEach((line) => cli.output.line(line)));
}
