import type { EnvScope, Found } from "../../cleanup/engine/resource";
import { createHandlers } from "../../cleanup/resources";
import { fakeClients, type Answers } from "./fake-clients";

export const TAGS = { "automock:environment": "pr-1", "automock:ephemeral": "true" };

/** Tags of `pr-1`, as most services list them. */
export const TAG_LIST = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));

/** The scope of the environment `pr-1`. */
export function env(
  hints: Record<string, readonly string[]> = {},
  ownedVpcIds: readonly string[] = [],
): EnvScope {
  return {
    environment: "pr-1",
    system: "automock",
    accountId: "111122223333",
    region: "us-east-1",
    ownedVpcIds,
    hints: new Map(Object.entries(hints)),
  };
}

/** A handler over clients that answer so. */
export function handlerOf(type: string, answers: Answers) {
  const clients = fakeClients(answers);
  const handler = createHandlers({ read: clients, write: clients }).find((one) => one.type === type)!;
  const list = async (scope: EnvScope): Promise<Found[]> => {
    const found: Found[] = [];
    for await (const one of handler.list(scope)) found.push(one);
    return found;
  };
  return { handler, list, calls: clients.calls };
}

/** A resource of `pr-1`. */
export const found = (type: string, id: string, more: Partial<Found> = {}): Found => ({
  type,
  id,
  tags: TAGS,
  ...more,
});
