import type { Place } from "../../../environments/schema/stacks";
import { createClients } from "../../../operations/aws/clients";
import type { StatusClients } from "../../../operations/status/clients";
import { statusOf, type StackStatus } from "../../../operations/status/status";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { openRegistry } from "../../open-registry";
import { statusText } from "./view";
import { watch } from "./watch";

/** @param watchSeconds refresh interval until Ctrl-C @default show the status once */
export async function statusCommand(
  cli: Cli,
  stack: string,
  watchSeconds: number | undefined,
): Promise<void> {
  const { output } = cli;
  const located = await locate(cli, stack);
  const clients = await openClients(cli, located.ref);
  const look = () => statusOf(clients, located, Date.now());
  const show = (status: StackStatus) => statusText(status, output.colors);
  if (watchSeconds === undefined) {
    const status = await look();
    output.result(status, () => output.line(show(status)));
    return;
  }
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  process.stdout.once("error", () => ended.abort()); // the reader has gone
  await watch({ output, intervalSeconds: watchSeconds, look, show, signal: ended.signal });
}

async function openClients(cli: Cli, place: Place): Promise<StatusClients> {
  const [clients, registry] = await Promise.all([
    createClients(
      cli.clientConfig(place.region),
      ...(["ecs", "elb", "autoScaling", "cloudWatch", "tagging"] as const),
    ),
    openRegistry(cli, place),
  ]);
  return { ...clients, registry };
}
