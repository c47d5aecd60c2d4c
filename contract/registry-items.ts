import type { TrailEntry } from "./deletion";

/** Proof that nothing is left of an environment, kept with its finished record. */
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

/** One decision or action of the reaper. */
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
