import type { Command } from "commander";
import { handle, placesOf, type Cli } from "../../context";
import { helpText } from "../../help";
import { bootstrapsOf, stacksOf, type Place } from "../../../environments/stacks";

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
        const { costsAsJson, readStackCost } = await import("../../../operations/costs/stack-costs");
        const { showOverview, showStack } = await import("./view");
        const { stackFolder } = await import("../../../operations/terraform/cdktf");
        const { synthesize } = await import("../../../operations/terraform/synthesize");
        const chosen = chosenStacks(cli, names);
        await synthesize(cli);
        const costs = chosen.map(({ id, ttlHours }) => readStackCost(id, stackFolder(cli, id), ttlHours));
        const { colors } = cli.output;
        cli.output.result(costsAsJson(costs), () => {
          const pages =
            names.length === 0
              ? [showOverview(costs, colors)]
              : costs.map((cost, i) => [...(i > 0 ? [""] : []), ...showStack(cost, colors)]);
          for (const line of pages.flat()) cli.output.line(line);
        });
      }),
    );
}

interface Chosen {
  readonly id: string;
  readonly ttlHours?: number;
}

/** The named stacks, or all; a name that does not exist is said before anything is synthesized. */
export function chosenStacks(
  cli: Pick<Cli, "environments" | "stack" | "options">,
  names: readonly string[],
): Chosen[] {
  const environments = cli.environments();
  const bootstraps: readonly (Chosen & Place)[] = bootstrapsOf(environments);
  if (names.length === 0) {
    const inPlace = new Set(placesOf(cli).map(placeName));
    const stacks = stacksOf(environments).map((stack) => ({
      ...stack,
      ttlHours: stack.definition?.ttlHours,
    }));
    return [...bootstraps, ...stacks].filter((stack) => inPlace.has(placeName(stack)));
  }
  return [...new Set(names)].map((id) => {
    if (bootstraps.some((bootstrap) => bootstrap.id === id)) return { id };
    return { id, ttlHours: cli.stack(id).definition?.ttlHours };
  });
}

function placeName({ accountId, region }: Place): string {
  return `${accountId}/${region}`;
}
