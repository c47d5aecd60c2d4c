import { limitConcurrency } from "../../../cleanup/aws/concurrency";

test("never more than the limit, all served, in order, failures too", async () => {
  let flying = 0;
  let most = 0;
  const order: number[] = [];
  const client = limitConcurrency(
    {
      send: async (n: number) => {
        flying += 1;
        most = Math.max(most, flying);
        order.push(n);
        await Promise.resolve();
        flying -= 1;
        if (n % 3 === 0) throw new Error(`no ${n}`);
        return n;
      },
    },
    2,
  );
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => client.send(i)));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(3);
});

test("every call gets the signal of the invocation it belongs to", async () => {
  const seen: unknown[] = [];
  let signal = new AbortController().signal;
  const client = limitConcurrency(
    { send: async (_command: string, options?: object) => void seen.push(options) },
    1,
    () => signal,
  );
  await client.send("a");
  const first = signal;
  signal = new AbortController().signal;
  await client.send("b");
  expect(seen).toEqual([{ abortSignal: first }, { abortSignal: signal }]);
  expect((seen[1] as { abortSignal: unknown }).abortSignal).toBe(signal);
});
