/** Seeded random numbers: the same seed gives the same run on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** In [0, 1). Mulberry32. */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  public chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  public between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Lower-case hex digits, as AWS puts them into ids. */
  public hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += Math.floor(this.next() * 16).toString(16);
    return text;
  }

  /** Normal variable by Box and Muller. */
  private normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /**
   * Log-normal duration, the usual shape of "mostly quick, sometimes very slow".
   *
   * @param duration median and 95th percentile; `atMost` cuts the tail
   */
  public duration(duration: Duration): number {
    const sigma = Math.log(duration.p95 / duration.median) / 1.645;
    return Math.min(duration.atMost, duration.median * Math.exp(sigma * this.normal()));
  }
}

/** Assumed distribution of how long something takes, in milliseconds. */
export interface Duration {
  readonly median: number;
  readonly p95: number;
  readonly atMost: number;
}
