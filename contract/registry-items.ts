import type { TrailEntry } from "./deletion";

/** What the registry keeps beside the record of an environment; the keys are those of `SORT_KEY`. */

/** Why an environment counts as gone; kept with its finished record. */
export interface CompletionProof {
  readonly listings: readonly {
    readonly at: string;
    readonly tombstones: readonly string[];
    readonly unproven: readonly string[];
  }[];
  readonly stateSerial?: number;
  readonly stateVersionId?: string;
  readonly deleted: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/** One decision or mutation of the reaper. */
export interface AuditLine extends TrailEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seq: number;
  readonly environment: string;
  readonly passId: string;
  readonly token?: number;
  readonly actor: string;
  readonly dryRun: boolean;
}
