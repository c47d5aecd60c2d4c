/**
 * Limits the calls in flight of one client, and ends them when the signal fires. Returns the same object; waiting calls
 * start in their order of arrival.
 */
export function limitConcurrency<C extends { send: unknown }>(
  client: C,
  limit: number,
  signal?: () => AbortSignal | undefined,
): C {
  const send = (client.send as (command: unknown, options?: object) => Promise<unknown>).bind(client);
  const waiting: (() => void)[] = [];
  let free = limit;

  const limited = async (command: unknown, options?: object): Promise<unknown> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // takes the place of a call that ends
    try {
      const abortSignal = signal?.();
      return await send(command, { ...(abortSignal && { abortSignal }), ...options });
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
  client.send = limited;
  return client;
}
