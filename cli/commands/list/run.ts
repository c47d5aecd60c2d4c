import { listEnvironments } from "../../../operations/leases/list";
import { placesOf, type Cli } from "../../context";
import { openRegistry } from "../../open-registry";
import { listText } from "./view";

/** Lists the ephemeral environments of every account and region in use. */
export async function listCommand(cli: Cli): Promise<void> {
  const registries = await Promise.all(placesOf(cli).map((place) => openRegistry(cli, place)));
  const list = await listEnvironments(registries, cli.environments(), Date.now());
  cli.output.result(list, () => cli.output.line(listText(list, cli.output.colors)));
  if (list.unreadable.length > 0) process.exitCode = 1;
}
