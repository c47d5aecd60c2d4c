/** Any SDK client, as far as sending goes. */
interface Sender {
  send: (...args: never[]) => Promise<unknown>;
}

/**
 * Bounds the calls in flight of one client, and ends them when `abortSignal` fires. The same object comes back;
 * waiting calls start in the order they came.
 */
export function limitConcurrency<C extends Sender>(client: C, limit: number, abortSignal?: AbortSignal): C {
  const send = client.send.bind(client) as unknown as (
    command: unknown,
    options?: object,
  ) => Promise<unknown>;
  const waiting: (() => void)[] = [];
  let free = limit;

  const limited = async (command: unknown, options?: object): Promise<unknown> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // takes over the place of who leaves
    try {
      return await send(command, { ...(abortSignal && { abortSignal }), ...options });
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
  client.send = limited as unknown as C["send"];
  return client;
}
