import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { BootstrapCommandOptions } from "./run";

export function addBootstrapCommand(program: Command): void {
  program
    .command("bootstrap")
    .description("create the state bucket, lock table, registry and reaper of an account and region")
    .option("--environment <name>", "environment whose account and region to set up", "prod")
    .option("--yes", "apply without confirmation")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock bootstrap", "the account and region of prod"],
          ["automock bootstrap --environment staging", "if staging is elsewhere"],
          ["automock bootstrap --yes", "in a pipeline"],
        ],
        notes: [
          "You can run it again at any time. It changes nothing if nothing differs, and continues where an interrupted run stopped.",
        ],
        json: '{ stack, accountId, region, result: "created" | "updated" | "unchanged" | "declined", drift: [name] }',
      }),
    )
    .action(
      handle(async (cli, options: BootstrapCommandOptions) => {
        const { bootstrapCommand } = await import("./run");
        await bootstrapCommand(cli, options);
      }),
    );
}
