/** Limits the number of tasks at a time: fewer after throttling, more again after rounds without. */
export class Limiter {
  private limit: number;

  constructor(
    private readonly max = 16,
    private readonly min = 2,
  ) {
    this.limit = max;
  }

  public get concurrency(): number {
    return this.limit;
  }

  /** Called after a round, with whether AWS throttled in it. */
  public adapt(throttled: boolean): void {
    this.limit = throttled
      ? Math.max(this.min, Math.floor(this.limit / 2))
      : Math.min(this.max, this.limit + 2);
  }

  /** Waits for all tasks, then throws the first error, so that none continues unobserved. */
  public async all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const errors: unknown[] = [];
    const queue = [...items];
    const worker = async () => {
      while (queue.length > 0) {
        try {
          await work(queue.shift()!);
        } catch (error) {
          errors.push(error);
          queue.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.limit, items.length) }, worker));
    if (errors.length > 0) throw errors[0];
  }
}
