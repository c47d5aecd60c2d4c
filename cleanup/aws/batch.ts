/** Values that callers share until their request begins. */
interface Batch<Item> {
  readonly values: Set<string>;
  readonly items: Promise<readonly Item[]>;
}

interface Batches<Item> {
  running: Promise<unknown>;
  next?: Batch<Item>;
}

const byClient = new WeakMap<object, Map<string, Batches<unknown>>>();

/**
 * Requests some values of a kind. Callers of the same moment share a request, and while one of that kind runs, callers
 * share the next one, which contains the values of all; its answer contains the others' items too. No caller gets the
 * answer to a request that began earlier.
 *
 * @param client whose requests these are
 * @param kind what makes requests one of a kind, for example a command and the name of its filter
 */
export async function batched<Item>(
  client: object,
  kind: string,
  values: readonly string[],
  ask: (values: readonly string[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const kinds = byClient.get(client) ?? new Map<string, Batches<unknown>>();
  byClient.set(client, kinds);
  const batches = (kinds.get(kind) as Batches<Item> | undefined) ?? { running: Promise.resolve() };
  kinds.set(kind, batches);
  if (batches.next) {
    for (const value of values) batches.next.values.add(value);
    return batches.next.items;
  }
  const wanted = new Set(values);
  const begin = () => {
    const items = ask([...wanted]);
    kinds.set(kind, follow(kinds, kind, items));
    return items;
  };
  batches.next = { values: wanted, items: batches.running.then(begin, begin) };
  return batches.next.items;
}

/** The running request; dropped when it ends and no one waits for the next. */
function follow<Item>(
  kinds: Map<string, Batches<unknown>>,
  kind: string,
  running: Promise<readonly Item[]>,
): Batches<Item> {
  const batches: Batches<Item> = { running };
  const ended = () => {
    if (kinds.get(kind) === batches && !batches.next) kinds.delete(kind);
  };
  running.then(ended, ended);
  return batches;
}
