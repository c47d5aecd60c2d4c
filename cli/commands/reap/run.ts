import { createClients } from "../../../operations/aws/clients";
import { requireRecord } from "../../../operations/leases/change";
import { previewReap, reapNow } from "../../../operations/leases/reap";
import type { Cli } from "../../context";
import { locate } from "../../locate";
import { openRegistry } from "../../open-registry";
import { previewText, reapedText } from "./view";

/** Shows what the deployed reaper would delete; with `yes`, runs it. */
export async function reapCommand(cli: Cli, stack: string, yes: boolean): Promise<void> {
  const located = await locate(cli, stack);
  const { ref } = located;
  await requireRecord(await openRegistry(cli, ref), located);
  cli.progress(`asking the reaper of account ${ref.accountId} in ${ref.region}`);
  // The call takes long, because the reaper lists every resource of the environment. So there is no second attempt.
  const { lambda } = await createClients({ ...cli.clientConfig(ref.region), maxAttempts: 1 }, "lambda");
  if (yes) {
    const reaped = await reapNow(lambda, ref);
    cli.output.result(reaped, () => cli.output.line(reapedText(reaped)));
    if (reaped.result !== "done") process.exitCode = 1;
  } else {
    const preview = await previewReap(lambda, ref);
    cli.output.result(preview, () => cli.output.line(previewText(preview, cli.output.colors)));
  }
}
