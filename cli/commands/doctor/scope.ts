import { placesOf, type Cli } from "../../context";
import { bootstrapsOf, stacksOf, type Place, type StackRef } from "../../../environments/schema/stacks";

/** What the doctor checks. */
export interface Scope {
  readonly places: readonly Place[];
  /** Stacks that the quotas must cover. */
  readonly stacks: readonly StackRef[];
}

/** Every environment, one stack, or the account and region of a bootstrap stack with all stacks there. */
export function scopeOf(cli: Pick<Cli, "environments" | "options" | "stack">, id: string | undefined): Scope {
  const all = () => stacksOf(cli.environments());
  if (id === undefined) return { places: placesOf(cli.environments(), cli.options), stacks: all() };
  const bootstrap = bootstrapsOf(cli.environments()).find((one) => one.id === id);
  if (!bootstrap) {
    const stack = cli.stack(id);
    return { places: [stack], stacks: [stack] };
  }
  const { accountId, region } = bootstrap;
  return {
    places: [{ accountId, region }],
    stacks: all().filter((stack) => stack.accountId === accountId && stack.region === region),
  };
}
