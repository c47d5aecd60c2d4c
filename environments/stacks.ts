import type { Place } from "../contract/names";
import { distance } from "fastest-levenshtein";
import type { Environment } from ".";
import { UserError } from "../contract/user-error";
import { stackId, systemsOf, type SystemId } from "./systems";

export type { Place };

/** A stack by its id, and where it belongs. */
export interface StackRef extends Place {
  /** As cdktf knows it, for example `automock-staging`. */
  readonly id: string;
  readonly system: SystemId;
  /** Name of the environment, for example `staging`. */
  readonly environment: string;
  /** What the environment's file says; absent when the file is not here. */
  readonly definition?: Environment;
}

/** A stack whose environment's file is here. */
export interface DefinedStack extends StackRef {
  readonly definition: Environment;
}

/** A bootstrap stack and the place it prepares. */
export interface BootstrapRef extends Place {
  readonly id: string;
  /** What the place is prepared for, at least one; the first answers for the stack. */
  readonly environments: readonly Environment[];
}

/** The stacks of all systems and environments, in the order in which cdktf synthesizes them. */
export function stacksOf(environments: readonly Environment[]): DefinedStack[] {
  return environments.flatMap((definition) => {
    const { name, accountId, region } = definition;
    return systemsOf(definition).map(({ id: system }) => ({
      id: stackId(system, name),
      system,
      environment: name,
      accountId,
      region,
      definition,
    }));
  });
}

/**
 * Accounts and regions in use, each with its bootstrap stack. The first (prod's, in this project) is `bootstrap`;
 * others carry the name of their place.
 */
export function bootstrapsOf(environments: readonly Environment[]): BootstrapRef[] {
  const byPlace = new Map<string, Environment[]>();
  for (const environment of environments) {
    const place = `${environment.accountId}-${environment.region}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), environment]);
  }
  return [...byPlace].map(([place, inPlace], i) => ({
    id: i === 0 ? "bootstrap" : `bootstrap-${place}`,
    accountId: inPlace[0]!.accountId,
    region: inPlace[0]!.region,
    environments: inPlace,
  }));
}

/** The stack with an id. Throws a `UserError` that names the nearest one when there is none. */
export function findStack(id: string, environments: readonly Environment[]): StackRef {
  const stacks = stacksOf(environments);
  const found = stacks.find((stack) => stack.id === id);
  if (found) return found;
  const ids = stacks.map((stack) => stack.id);
  throw new UserError(`There is no stack "${id}"; there are ${ids.join(", ")}.\n${suggestion(id, stacks)}`);
}

function suggestion(id: string, stacks: readonly StackRef[]): string {
  const ofEnvironment = stacks.filter(({ environment }) => environment === id).map((stack) => stack.id);
  if (ofEnvironment.length > 0) {
    return `"${id}" is an environment: name one of its stacks, ${ofEnvironment.join(" or ")}.`;
  }
  const [nearest] = stacks.map((stack) => stack.id).sort((a, b) => distance(id, a) - distance(id, b));
  return nearest !== undefined && distance(id, nearest) <= 3
    ? `Did you mean ${nearest}?`
    : "Ephemeral environments are files in environments/ephemeral/; `automock init` writes one.";
}
