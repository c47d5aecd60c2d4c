/** A resource whose deletion is unfinished. For display only; decisions are made from what AWS reports. */
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

/** A decision or an action of a deletion. */
export interface TrailEntry {
  readonly action: string;
  readonly resource?: string;
  readonly proof?: readonly string[];
  readonly outcome: string;
  readonly error?: string;
  readonly durationMs?: number;
}
