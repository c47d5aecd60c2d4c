import { Option, type Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { BootstrapCommandOptions } from "./run";

export function addBootstrapCommand(program: Command): void {
  program
    .command("bootstrap")
    .description("create the state bucket, lock table, registry and reaper of an account and region")
    .option("--environment <name>", "environment whose account and region to set up", "prod")
    .option("--yes", "apply without confirmation")
    .addOption(
      new Option("--enable-deletion", "let the reaper delete expired environments").conflicts(
        "disableDeletion",
      ),
    )
    .option("--disable-deletion", "stop the reaper at once; nothing is deployed")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock bootstrap", "the account and region of prod"],
          ["automock bootstrap --environment staging", "if staging is elsewhere"],
          ["automock bootstrap --yes", "in a pipeline"],
          ["automock bootstrap --enable-deletion", "once the reaper's reports are what you expect"],
        ],
        notes: [
          "Until you enable deletion, the reaper only reports what it would delete. Test environments and admin boxes, whose end is agreed when they are created, end at their expiry unless you disable deletion. The choice is kept in the registry of the account and region.",
          "You can run it again at any time. It changes nothing if nothing differs, and continues where an interrupted run stopped.",
        ],
        json: '{ stack, accountId, region, result: "created" | "updated" | "unchanged" | "declined", drift?: [name], deletion?: "enabled" | "disabled" }',
      }),
    )
    .action(
      handle(async (cli, options: BootstrapCommandOptions) => {
        const { bootstrapCommand } = await import("./run");
        await bootstrapCommand(cli, options);
      }),
    );
}
