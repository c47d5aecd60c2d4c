import type { Environment } from "../../environments";
import type { Cli } from "../context";
import { usd } from "../cost/format";
import { readStackCost } from "../cost/stack-costs";
import { synthesize, terraformFolder } from "../synth";
import { counted } from "../words";

interface AtTasks {
  /** With the fewest tasks. */
  readonly min: number;
  /** With the most tasks, all the time. */
  readonly max: number;
}

/** What a new environment costs, in US dollars. */
export interface InitCost {
  readonly ttlHours: number;
  readonly tasks: AtTasks;
  readonly usdHourly: AtTasks;
  readonly usdPerTtl: AtTasks;
  /** Number of resources that cost by use and are not in the figures. */
  readonly usageBased: number;
  /** Addresses of which no price is known. */
  readonly notPriced: readonly string[];
  /** Where the prices hold, and the day they were read. */
  readonly priceRegion: string;
  readonly checkedOn: string;
  /** Said when the environment is in another region. */
  readonly note?: string;
}

/** Synthesizes the environment, whose file is written, and adds up what stands in it. */
export async function costOf(cli: Cli, stack: string, environment: Environment): Promise<InitCost> {
  await synthesize(cli);
  const ttlHours = environment.ttlHours!;
  const { estimate } = readStackCost(stack, terraformFolder(cli, stack), ttlHours);
  const { usdHourly, usageBased, notPriced, priceRegion, checkedOn, note } = estimate;
  return {
    ttlHours,
    tasks: environment.automock.tasks,
    usdHourly: { min: usdHourly.expected, max: usdHourly.high },
    usdPerTtl: { min: usdHourly.expected * ttlHours, max: usdHourly.high * ttlHours },
    usageBased: usageBased.length,
    notPriced: notPriced.map(({ address }) => address),
    priceRegion,
    checkedOn,
    ...(note !== undefined && { note }),
  };
}

export function formatCost(cost: InitCost): string[] {
  const { ttlHours, tasks, usdHourly, usdPerTtl, notPriced, priceRegion, checkedOn, note } = cost;
  const hours = counted(ttlHours, "hour");
  const line = (count: number, hourly: number, whole: number) =>
    `With ${counted(count, "task")}: ${usd(hourly, 4)} an hour, ${usd(whole)} for ${hours}.`;
  return [
    line(tasks.min, usdHourly.min, usdPerTtl.min),
    ...(tasks.max > tasks.min ? [line(tasks.max, usdHourly.max, usdPerTtl.max)] : []),
    `Traffic, logs and requests come on top. On-demand prices of ${priceRegion}, read on ${checkedOn}.`,
    ...(note === undefined ? [] : [note]),
    ...(notPriced.length > 0 ? [`Not priced: ${notPriced.join(", ")}.`] : []),
  ];
}
