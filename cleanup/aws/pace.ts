/** The parts of a clock that a pace uses. */
export interface Ticker {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Requests that AWS accepts: at once, and per second in the long run. */
export interface Rate {
  readonly atOnce: number;
  readonly perSecond: number;
}

/** Limits calls to a rate, in their order of arrival. */
export class Pace {
  private tokens: number;
  private filledAt: number;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly rate: Rate,
    private readonly ticker: Ticker,
  ) {
    this.tokens = rate.atOnce;
    this.filledAt = ticker.now();
  }

  /** Resolves when the caller may send one request. */
  public take(): Promise<void> {
    const turn = this.queue.then(() => this.wait());
    this.queue = turn;
    return turn;
  }

  private async wait(): Promise<void> {
    const { perSecond, atOnce } = this.rate;
    for (;;) {
      const now = this.ticker.now();
      this.tokens = Math.min(atOnce, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
      this.filledAt = now;
      if (this.tokens >= 1) {
        this.tokens -= 1;
        return;
      }
      await this.ticker.sleep(Math.ceil(((1 - this.tokens) / perSecond) * 1000));
    }
  }
}

/**
 * Returns the same client, whose calls now follow a pace.
 *
 * @param turn resolves when a command, by its name, may be sent
 */
export function paced<C extends { send: unknown }>(
  client: C,
  turn: ((command: string) => Promise<void>) | undefined,
): C {
  if (!turn) return client;
  const send = client.send as (command: object, options?: object) => Promise<unknown>;
  client.send = async (command: object, options?: object): Promise<unknown> => {
    await turn(command.constructor.name.replace(/Command$/, ""));
    return send.call(client, command, options);
  };
  return client;
}
