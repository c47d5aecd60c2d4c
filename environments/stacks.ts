import { distance } from "fastest-levenshtein";
import type { Environment } from ".";
import { UserError } from "../contract/user-error";

export const SYSTEMS = ["automock", "task-api"] as const;
export type System = (typeof SYSTEMS)[number];

/** Account and region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** A stack by its id, and where it belongs. */
export interface StackRef extends Place {
  /** As cdktf knows it, for example `automock-staging`. */
  readonly id: string;
  readonly system: System;
  /** Name of the environment, for example `staging`. */
  readonly environment: string;
  /** What the environment's file says; absent when the file is not here. */
  readonly definition?: Environment;
}

/** A bootstrap stack and the place it prepares. */
export interface BootstrapRef extends Place {
  readonly id: string;
}

/** All stacks of the environments, in the order in which cdktf synthesizes them. */
export function stacksOf(environments: readonly Environment[]): StackRef[] {
  return environments.flatMap((definition) => {
    const { name, accountId, region, taskApi } = definition;
    const stack = (system: System): StackRef => ({
      id: `${system}-${name}`,
      system,
      environment: name,
      accountId,
      region,
      definition,
    });
    return [stack("automock"), ...(taskApi ? [stack("task-api")] : [])];
  });
}

/** Accounts and regions in use, each with its bootstrap stack: the first is `bootstrap`, others carry their name. */
export function bootstrapsOf(environments: readonly Environment[]): BootstrapRef[] {
  const byPlace = new Map(
    environments.map(({ accountId, region }) => [`${accountId}-${region}`, { accountId, region }]),
  );
  return [...byPlace].map(([place, { accountId, region }], i) => ({
    id: i === 0 ? "bootstrap" : `bootstrap-${place}`,
    accountId,
    region,
  }));
}

/** The stack with an id. Throws a `UserError` that names the nearest one when there is none. */
export function findStack(id: string, environments: readonly Environment[]): StackRef {
  const stacks = stacksOf(environments);
  const found = stacks.find((stack) => stack.id === id);
  if (found) return found;
  const ids = stacks.map((stack) => stack.id);
  throw new UserError(
    `There is no stack "${id}"; there are ${ids.join(", ")}.\n${suggestion(id, ids, environments)}`,
  );
}

function suggestion(id: string, ids: readonly string[], environments: readonly Environment[]): string {
  if (environments.some(({ name }) => name === id)) {
    return `"${id}" is an environment: name one of its stacks, such as automock-${id}.`;
  }
  const [nearest] = [...ids].sort((a, b) => distance(id, a) - distance(id, b));
  return nearest !== undefined && distance(id, nearest) <= 3
    ? `Did you mean ${nearest}?`
    : "Ephemeral environments are files in environments/ephemeral/; `automock init` writes one.";
}
