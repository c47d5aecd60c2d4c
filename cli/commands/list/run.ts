import { listEnvironments } from "../../../operations/leases/list";
import { placesOf, type Cli } from "../../context";
import { openRegistry } from "../../open-registry";
import { listText } from "./view";

/** Lists the ephemeral environments of every account and region in use. */
export async function listCommand(cli: Cli): Promise<void> {
  const environments = cli.usableEnvironments();
  const places = placesOf(environments, cli.options);
  const registries = await Promise.all(places.map((place) => openRegistry(cli, place)));
  const list = await listEnvironments(registries, environments, Date.now());
  cli.output.result(list, () => cli.output.line(listText(list, cli.output.colors)));
  if (list.unreadable.length > 0) process.exitCode = 1;
}
