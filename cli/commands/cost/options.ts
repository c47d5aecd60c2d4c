import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addCostCommand(program: Command): void {
  program
    .command("cost")
    .description("show what stacks cost an hour, for their time to live and a month")
    .argument("[stacks...]", "stacks to show resource by resource; all in one table if none is named")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock cost", "every stack, one line each"],
          ["automock cost automock-staging", "each resource, with the source of its price"],
          ["automock cost bootstrap", "what an account costs before any deployment"],
          ["automock cost automock-prod --json | jq '.stacks[0].usdMonthly'"],
        ],
        notes: [
          "Nothing is asked of AWS: the prices are those of contract/price-book.json, in US dollars. The usual figure is that of the smallest number of tasks; a load spike is the way from there to the largest.",
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
