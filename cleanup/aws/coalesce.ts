/** Reads that may be shared: they change nothing, and their answer depends only on their input. */
const READS = /^(Describe|List|GetResources|GetCallerIdentity)/;

interface Shared {
  /** Has begun, so its answer may be older than a later caller's request. */
  running: Promise<unknown>;
  /** Begins when the running one has ended. All callers until then may share its answer. */
  next?: Promise<unknown>;
}

/**
 * Lets the environments of one process share reads: of equal reads only one runs at a time, and callers in the meantime
 * share the next. No caller gets the answer to a read that began earlier.
 */
export function coalesce<C extends { send: unknown }>(client: C): C {
  const send = client.send as (command: object, options?: object) => Promise<unknown>;
  const shared = new Map<string, Shared>();

  const begin = (key: string, call: () => Promise<unknown>): Promise<unknown> => {
    const running = call();
    const entry: Shared = { running };
    shared.set(key, entry);
    const ended = () => {
      if (shared.get(key) === entry && entry.next === undefined) shared.delete(key);
    };
    running.then(ended, ended);
    return running;
  };

  client.send = (command: object, options?: object): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, "");
    const call = () => send.call(client, command, options);
    if (!READS.test(name)) return call();
    const key = `${name} ${JSON.stringify((command as { readonly input?: unknown }).input)}`;
    const entry = shared.get(key);
    if (!entry) return begin(key, call);
    entry.next ??= entry.running.then(
      () => begin(key, call),
      () => begin(key, call),
    );
    return entry.next;
  };
  return client;
}
