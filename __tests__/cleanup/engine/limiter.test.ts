import { Limiter } from "../../../cleanup/engine/limiter";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function peak(limiter: Limiter, count: number): Promise<number> {
  let running = 0;
  let most = 0;
  await limiter.all(Array.from({ length: count }), async () => {
    most = Math.max(most, (running += 1));
    await turn();
    running -= 1;
  });
  expect(running).toBe(0);
  return most;
}

it("runs all, at most so many at a time", async () => {
  expect(await peak(new Limiter(4), 10)).toBe(4);
  expect(await peak(new Limiter(), 40)).toBe(16);
  expect(await peak(new Limiter(4), 2)).toBe(2);
  expect(await peak(new Limiter(4), 0)).toBe(0);
});

it("halves after throttling, never below its least, and recovers step by step", async () => {
  const limiter = new Limiter(16, 2);
  const seen = [true, true, true, true, false, false].map((throttled) => {
    limiter.adapt(throttled);
    return limiter.concurrency;
  });
  expect(seen).toEqual([8, 4, 2, 2, 4, 6]);
  for (let i = 0; i < 20; i++) limiter.adapt(false);
  expect(limiter.concurrency).toBe(16);
  limiter.adapt(true);
  expect(await peak(limiter, 40)).toBe(8);
});

it("throws the first error when all that had begun has ended, and begins nothing more", async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    await turn();
    if (item === 1) throw new Error("one");
    await turn();
    ended.push(item);
  };
  await expect(new Limiter(2).all([1, 2, 3, 4], work)).rejects.toThrow("one");
  expect(ended).toEqual([2]);
});
