import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import { UserError } from "../../../contract/user-error";

export function addReapCommand(program: Command): void {
  program
    .command("reap")
    .description("show what the reaper would delete of an environment, with the proof of ownership")
    .argument("<stack>", "for example automock-demo-42")
    .option("--dry-run", "needed: this command deletes nothing")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock reap automock-demo-42 --dry-run"],
          ["automock reap automock-demo-42 --dry-run --json | jq '.waves[][].resource'"],
        ],
        notes: [
          "The deployed reaper is asked, and notes its answer in the audit trail. To remove an environment now: automock destroy; at its expiry the reaper does it by itself.",
        ],
        json: "{ stack, environment, accountId, region, ready, waves: [[{ resource, proofs }]], waiting, held, unsupported, errors, leftAlone, gates: [{ gate, reason }], stateReadable }",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: { readonly dryRun?: true }) => {
        if (!options.dryRun) {
          throw new UserError(
            `automock reap only shows what the reaper would delete: automock reap ${stack} --dry-run.\n` +
              `To remove it now: automock destroy ${stack}. At its expiry the reaper removes it by itself.`,
          );
        }
        const { LambdaClient } = await import("@aws-sdk/client-lambda");
        const { locate } = await import("../../locate");
        const { openRegistry } = await import("../../open-registry");
        const { requireRecord } = await import("../../../operations/leases/change");
        const { dryRun } = await import("../../../operations/leases/reap");
        const { dryRunText } = await import("./view");
        const located = await locate(cli, stack);
        const { ref } = located;
        await requireRecord(openRegistry(cli, ref), located);
        cli.output.progress(`asking the reaper of account ${ref.accountId} in ${ref.region}`);
        // It lists every resource of the environment; what takes long is not to be done twice.
        const lambda = new LambdaClient({ ...cli.clientConfig(ref.region), maxAttempts: 1 });
        const report = await dryRun(lambda, ref);
        cli.output.result(report, () => cli.output.line(dryRunText(report, cli.output.colors)));
      }),
    );
}
