import type { Place } from "../../contract/names";
import { distance } from "fastest-levenshtein";
import type { Environment } from ".";
import { UserError } from "../../contract/user-error";
import { stackId, systemsOf, type SystemId } from "./systems";

export type { Place };

/** A stack and its account and region. */
export interface StackRef extends Place {
  /** Id in cdktf, for example `automock-staging`. */
  readonly id: string;
  readonly system: SystemId;
  /** Name of the environment, for example `staging`. */
  readonly environment: string;
  /** The environment, if its file is in this checkout. */
  readonly definition?: Environment;
}

/** A stack whose environment's file is in this checkout. */
export interface DefinedStack extends StackRef {
  readonly definition: Environment;
}

/** A bootstrap stack and its account and region. */
export interface BootstrapRef extends Place {
  readonly id: string;
  /** The environments in the account and region, at least one. The first gives the stack its owner and settings. */
  readonly environments: readonly Environment[];
}

/** The stacks of all environments, in the order in which cdktf synthesizes them. */
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
 * The bootstrap stack of each account and region in use. The first is `bootstrap`; the ids of the others end in
 * account and region.
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

/**
 * Finds a stack by its id, or by the name of its environment when that has no other stack.
 *
 * @throws UserError if there is no such stack; the message suggests a similar id
 */
export function findStack(id: string, environments: readonly Environment[]): StackRef {
  const stacks = stacksOf(environments);
  const found = stacks.find((stack) => stack.id === id);
  if (found) return found;
  const [only, ...others] = stacks.filter(({ environment }) => environment === id);
  if (only && others.length === 0) return only;
  const ids = stacks.map((stack) => stack.id);
  throw new UserError(`There is no stack "${id}"; there are ${ids.join(", ")}.\n${suggestion(id, stacks)}`);
}

function suggestion(id: string, stacks: readonly StackRef[]): string {
  const ofEnvironment = stacks.filter(({ environment }) => environment === id).map((stack) => stack.id);
  if (ofEnvironment.length > 0) {
    return `"${id}" is an environment; use one of its stacks: ${ofEnvironment.join(" or ")}.`;
  }
  const [nearest] = stacks.map((stack) => stack.id).sort((a, b) => distance(id, a) - distance(id, b));
  return nearest !== undefined && distance(id, nearest) <= 3
    ? `Did you mean ${nearest}?`
    : "Ephemeral environments are files in environments/ephemeral/; npx automock init demo-42 creates one.";
}
