/** Reads that may be shared: they change nothing, and the answer depends on their input alone. */
const READS = /^(Describe|List|GetResources|GetCallerIdentity)/;

interface Shared {
  /** Has begun: it may have seen the world before a later caller asked. */
  running: Promise<unknown>;
  /** Begins when the running one has ended: everyone who asks until then may have its answer. */
  next?: Promise<unknown>;
}

/**
 * Lets environments that one process works on share their reads: of equal reads only one is under way, and those who
 * ask meanwhile share the next. No one gets an answer to a read that had begun before it asked.
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
