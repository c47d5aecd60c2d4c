import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addReapCommand(program: Command): void {
  program
    .command("reap")
    .description("show what the reaper would delete, with the proof of ownership; --yes lets it")
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
            "an expired environment, without waiting for the next hour",
          ],
        ],
        notes: [
          "The deployed reaper does the work, with its own rights, and notes it in the audit trail. Its gates stay: an environment that has not expired, is protected or was not announced to its owner is not deleted. To delete an environment before its time: automock destroy.",
        ],
        json: "{ stack, environment, accountId, region, ready, waves: [[{ resource, proofs }]], waiting, held, unsupported, errors, leftAlone, gates: [{ gate, reason }], stateReadable }; with --yes { stack, environment, accountId, region, result, reason }",
      }),
    )
    .action(
      handle(async (cli, stack: string, { yes }: { readonly yes?: true }) => {
        const { reapCommand } = await import("./run");
        await reapCommand(cli, stack, yes ?? false);
      }),
    );
}
