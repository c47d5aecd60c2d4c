import { join } from "node:path";
import { bootstrapsOf, stacksOf, type Place } from "../../../environments/schema/stacks";
import { costsAsJson, readStackCost } from "../../../operations/costs/stack-costs";
import { synthesizeOnly } from "../../../operations/terraform/synthesize";
import { placesOf, type Cli } from "../../context";
import { showOverview, showStack } from "./view";

/** Synthesizes the stacks and shows their costs: named stacks resource by resource, otherwise every stack in one table. */
export async function costCommand(cli: Cli, names: readonly string[]): Promise<void> {
  const chosen = chosenStacks(cli, names);
  const stacks = await synthesizeOnly(
    cli,
    chosen.map(({ id }) => id),
  );
  const costs = chosen.map(({ id, ttlHours }) => readStackCost(id, join(stacks, id), ttlHours));
  const { colors } = cli.output;
  cli.output.result(costsAsJson(costs), () => {
    const pages =
      names.length === 0
        ? [showOverview(costs, colors)]
        : costs.map((cost, i) => [...(i > 0 ? [""] : []), ...showStack(cost, colors)]);
    for (const line of pages.flat()) cli.output.line(line);
  });
}

interface Chosen {
  readonly id: string;
  readonly ttlHours?: number;
}

/** The named stacks, or every stack. An unknown name is an error before anything is synthesized. */
export function chosenStacks(
  cli: Pick<Cli, "environments" | "stack" | "options">,
  names: readonly string[],
): Chosen[] {
  const environments = cli.environments();
  const bootstraps: readonly (Chosen & Place)[] = bootstrapsOf(environments);
  if (names.length === 0) {
    const inPlace = new Set(placesOf(environments, cli.options).map(placeName));
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
