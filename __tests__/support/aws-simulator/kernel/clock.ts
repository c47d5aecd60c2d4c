interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  /** Wakes code that waits, so everything that follows from it must run before time goes on. */
  readonly wakes: boolean;
  cancelled: boolean;
}

/** Everything waits and nothing is scheduled: the code under test waits for something outside the simulation. */
export class Deadlock extends Error {}

/**
 * Virtual time: it stands still while code runs and jumps to the next event when all code waits. A cleanup
 * of ten minutes takes milliseconds.
 */
export class VirtualClock {
  private readonly events: Event[] = [];
  private order = 0;

  /** @param time start, in milliseconds since 1970 */
  constructor(private time: number) {}

  public now(): number {
    return this.time;
  }

  /** Runs `run` at a point of time (at once when it has passed), without waking anyone. */
  public at(time: number, run: () => void): () => void {
    return this.schedule(time, run, false);
  }

  /** Starts asynchronous work at a point of time; what it throws is its own business. */
  public startAt(time: number, work: () => Promise<unknown>): void {
    this.schedule(time, () => void work().catch(() => undefined), true);
  }

  /** Ends after `ms`, or at once with the signal's reason when it aborts. */
  public sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.schedule(this.time + Math.max(0, ms), () => resolve(), true);
      signal?.addEventListener("abort", () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass until `work` has ended, and returns its result. */
  public async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = () => {
      ended = true;
    };
    work.then(mark, mark);
    for (;;) {
      await idle();
      if (ended) return work;
      this.step();
    }
  }

  /** Lets time pass until `time`; everything due until then happens. */
  public async runUntil(time: number): Promise<void> {
    await this.run(this.sleep(time - this.time));
  }

  private step(): void {
    for (;;) {
      const next = this.pop();
      if (!next) throw new Deadlock("Everything waits and no event is scheduled.");
      if (next.cancelled) continue;
      this.time = Math.max(this.time, next.at);
      next.run();
      if (next.wakes) return;
    }
  }

  private schedule(at: number, run: () => void, wakes: boolean): () => void {
    // Whole milliseconds, as every clock of AWS shows them.
    const event: Event = {
      at: Math.max(Math.ceil(at), this.time),
      order: this.order++,
      run,
      wakes,
      cancelled: false,
    };
    this.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  // A binary heap, ordered by time and then by the order of scheduling.
  private push(event: Event): void {
    const { events } = this;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, events[parent]!)) break;
      events[index] = events[parent]!;
      index = parent;
    }
    events[index] = event;
  }

  private pop(): Event | undefined {
    const { events } = this;
    const first = events[0];
    const last = events.pop();
    if (!first || !last || events.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && before(events[child + 1]!, events[child]!)) child++;
      if (!before(events[child]!, last)) break;
      events[index] = events[child]!;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Ends when every promise that can settle has settled. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
