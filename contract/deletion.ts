/** What a deletion leaves for people to read. */

/** An unfinished resource, kept as checkpoint; never the truth. */
export interface Unfinished {
  readonly type: string;
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
  readonly lastError?: string;
  readonly blockedBy: readonly string[];
}

/** What was decided or done. */
export interface TrailEntry {
  readonly action: string;
  readonly resource?: string;
  readonly proof?: readonly string[];
  readonly outcome: string;
  readonly error?: string;
  readonly durationMs?: number;
}
