/** Does what is due at an instant. @param now milliseconds since 1970 */
export type Watcher = (now: number) => Promise<void>;

const TICK_MS = 1_000;
const STEP_MS = 30_000;

/** The time of a local AWS, for what AWS does by itself: that of this machine, until a test moves it on. */
export class LocalClock {
  private ahead = 0;
  private readonly watchers: Watcher[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Rounds follow each other, so that nothing is done twice. */
  private last: Promise<void> = Promise.resolve();

  readonly now = (): number => Date.now() + this.ahead;

  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
  }

  /** From now on what is due happens by itself, within a second. */
  run(): void {
    this.timer ??= setInterval(() => void this.round(), TICK_MS).unref();
  }

  /** Moves the time on, and does what falls due on the way. */
  async advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STEP_MS) {
      this.ahead += Math.min(left, STEP_MS);
      await this.round();
    }
  }

  /** Back to the time of this machine. */
  reset(): void {
    this.ahead = 0;
  }

  /** Resolves when the last round is over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.watchers.length = 0;
    await this.last;
  }

  private round(): Promise<void> {
    return (this.last = this.last.then(async () => {
      for (const watcher of this.watchers) await watcher(this.now());
    }));
  }
}
