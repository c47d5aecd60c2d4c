import type { Command } from "commander";
import { MAX_LIFETIME_HOURS } from "../../../contract/registry";
import { handle } from "../../context";
import { helpText } from "../../help";
import { parseDuration } from "../../../contract/duration";

export function addExtendCommand(program: Command): void {
  program
    .command("extend")
    .description("let an ephemeral environment live longer")
    .argument("<stack>", "for example automock-demo-42")
    .requiredOption("--by <duration>", "how much longer: 30m, 2h, 1d, 1d12h")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock extend automock-demo-42 --by 2h"],
          ["automock extend automock-demo-42 --by 1d --json"],
        ],
        notes: [
          `The time counts from the present expiry, or from now when that has passed. No deploy is needed: schedules and warning follow by themselves. It reaches ${MAX_LIFETIME_HOURS} hours after the first deploy at most, and not once the removal has begun.`,
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
