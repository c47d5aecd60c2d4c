import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addCostCommand(program: Command): void {
  program
    .command("cost")
    .description("show what stacks cost per hour, per month and for their time to live")
    .argument("[stacks...]", "stacks to show resource by resource (default: a table of every stack)")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock cost", "one line per stack"],
          ["automock cost automock-staging", "every resource with the source of its price"],
          ["automock cost bootstrap", "the cost of an account before any deployment"],
          ["automock cost automock-prod --json | jq '.stacks[0].usdMonthly'"],
        ],
        notes: [
          "The command does not call AWS. Prices come from contract/price-book.json, in US dollars. The expected figure is for the minimum number of tasks; a load spike goes from there to the maximum.",
        ],
        json: "{ prices: { region, checkedOn }, stacks: [{ stack, region, usdHourly: { low, expected, high }, usdMonthly: { … }, ttlHours, usdPerTtl: { … }, lines, services, usageBased, free, notPriced, … }] }",
      }),
    )
    .action(
      handle(async (cli, names: string[]) => {
        const { costCommand } = await import("./run");
        await costCommand(cli, names);
      }),
    );
}
