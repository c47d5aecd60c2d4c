/** What AWS does not finish at once. */
export type Delayed =
  /** A new table is CREATING. */
  | "tableCreation"
  /** A deleted table is DELETING. */
  | "tableDeletion"
  /** A new function is Pending. */
  | "functionCreation"
  /** A new role cannot be assumed by Lambda. */
  | "rolePropagation";

/** How long AWS takes for what it does not finish at once. Nothing takes any time unless a test says so. */
export class Delays {
  private readonly seconds = new Map<Delayed, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** From now on it takes so many seconds, also for what was begun before. */
  set(what: Delayed, seconds: number): void {
    this.seconds.set(what, seconds);
  }

  clear(): void {
    this.seconds.clear();
  }

  /** Notes when something began. */
  started(): number {
    return this.now();
  }

  isOver(what: Delayed, started: number): boolean {
    return this.now() - started >= (this.seconds.get(what) ?? 0) * 1000;
  }
}
