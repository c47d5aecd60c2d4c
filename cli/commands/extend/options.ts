import type { Command } from "commander";
import { MAX_LIFETIME_HOURS } from "../../../contract/registry";
import { handle } from "../../context";
import { helpText } from "../../help";
import { parseDuration } from "../../../contract/duration";

export function addExtendCommand(program: Command): void {
  program
    .command("extend")
    .description("extend the time to live of an ephemeral environment")
    .argument("<stack>", "for example automock-demo-42")
    .requiredOption("--by <duration>", "time to add, such as 30m, 2h, 1d or 1d12h")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock extend automock-demo-42 --by 2h"],
          ["automock extend automock-demo-42 --by 1d --json"],
        ],
        notes: [
          `The time is added to the current expiry, or to the current time if that has passed. No deployment is required: schedules and warning follow automatically. The limit is ${MAX_LIFETIME_HOURS} hours after the first deployment. An environment whose deletion has begun cannot be extended.`,
        ],
        json: "{ stack, accountId, region, from, to, maxExpiresAt }",
      }),
    )
    .action(
      handle(async (cli, stack: string, { by }: { readonly by: string }) => {
        const ms = parseDuration(by, "--by");
        const { extendCommand } = await import("./run");
        await extendCommand(cli, stack, ms);
      }),
    );
}
