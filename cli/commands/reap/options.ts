import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addReapCommand(program: Command): void {
  program
    .command("reap")
    .description("show what the reaper would delete and why; with --yes, delete it")
    .argument("<stack>", "for example automock-demo-42")
    .option("--yes", "run the reaper now; it deletes what its safety gates allow")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock reap automock-demo-42", "a preview: nothing is deleted"],
          ["automock reap automock-demo-42 --json | jq '.waves[][].resource'"],
          [
            "automock reap automock-demo-42 --yes",
            "delete an expired environment without waiting for the hourly run",
          ],
        ],
        notes: [
          "The deployed reaper does the work with its own permissions and records it in the audit trail. Its safety gates apply: it does not delete an environment that has not expired, that is protected, or whose owner was not notified. To destroy an environment before its expiry, use automock destroy.",
        ],
        json: '{ stack, environment, accountId, region, ready, waves: [[{ resource, proofs }]], waiting, held, unsupported, errors, leftAlone, gates: [{ gate, reason }], stateReadable }; with --yes { stack, environment, accountId, region, result: "done" | "refused" | "stopped" | "unfinished" | "stuck", reason }',
      }),
    )
    .action(
      handle(async (cli, stack: string, { yes }: { readonly yes?: true }) => {
        const { reapCommand } = await import("./run");
        await reapCommand(cli, stack, yes ?? false);
      }),
    );
}
