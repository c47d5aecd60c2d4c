import { join } from "node:path";
import type { Environment } from "../../../environments/schema";
import type { SectionValues } from "../../../environments/schema/systems";
import type { Cli } from "../../context";
import { atLeast, usd } from "../../../contract/dollars";
import { readStackCost, type StackCost } from "../../../operations/costs/stack-costs";
import { synthesizeOnly } from "../../../operations/terraform/synthesize";
import { counted } from "../../../contract/text";

/** Synthesizes the environment, whose file must exist, and adds up the fixed costs. */
export async function costOf(cli: Cli, stack: string, { ttlHours }: Environment): Promise<StackCost> {
  const stacks = await synthesizeOnly(cli, [stack]);
  return readStackCost(stack, join(stacks, stack), ttlHours);
}

/** The cost at the minimum and at the maximum number of tasks. */
export function formatCost({ estimate, ttlHours = 0 }: StackCost, tasks: SectionValues["tasks"]): string[] {
  const { usdHourly, notPriced, priceRegion, checkedOn, note, atLeast: more } = estimate;
  const line = (count: number, hourly: number) =>
    `With ${counted(count, "task")}: ${atLeast(usd(hourly, 4), more)} per hour, ${atLeast(usd(hourly * ttlHours), more)} for ${counted(ttlHours, "hour")}.`;
  return [
    line(tasks.min, usdHourly.expected),
    ...(tasks.max > tasks.min ? [line(tasks.max, usdHourly.high)] : []),
    `Traffic, logs and requests cost extra. Prices are on-demand prices of ${priceRegion}, checked on ${checkedOn}.`,
    ...(note === undefined ? [] : [note]),
    ...(notPriced.length > 0 ? [`Not priced: ${notPriced.map(({ address }) => address).join(", ")}.`] : []),
  ];
}
