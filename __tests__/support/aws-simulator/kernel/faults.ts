/** What goes wrong besides the rules of AWS. All probabilities are per attempt. */
export interface Faults {
  /** AWS says "too fast" although nobody was. */
  readonly throttle: number;
  /** 500 or 503 before anything happened. */
  readonly serverError: number;
  /** The call works, but its answer is lost. */
  readonly lostAnswer: number;
  /** Part of a batch fails inside a 200 answer. */
  readonly partialFailure: number;
}

export const NO_FAULTS: Faults = { throttle: 0, serverError: 0, lostAnswer: 0, partialFailure: 0 };

/** Where a process dies: just before or just after the call with this number takes effect. */
export interface Crash {
  readonly call: number;
  readonly when: "before" | "after";
}

/** One run of the function. After its death none of its calls ever ends. */
export class Process {
  public alive = true;
  /** Calls of this process, retries of the SDK included. */
  public calls = 0;
  private readonly mourners: (() => void)[] = [];

  constructor(public readonly crash?: Crash) {}

  public die(): void {
    this.alive = false;
    for (const mourner of this.mourners) mourner();
  }

  /** Ends when the process dies. */
  public death(): Promise<"dead"> {
    return new Promise((resolve) => {
      if (!this.alive) return resolve("dead");
      this.mourners.push(() => resolve("dead"));
    });
  }
}

/** Calls per second that a service takes. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly size: number,
    private readonly perSecond: number,
    now: number,
  ) {
    this.tokens = size;
    this.filledAt = now;
  }

  public take(now: number): boolean {
    this.tokens = Math.min(this.size, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
