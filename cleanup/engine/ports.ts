import type { TrailEntry } from "../../contract/deletion";
import type { Instant } from "./time";

/** What the engine requires from outside, besides the handlers. */
export interface Clock {
  now(): Instant;
  sleep(ms: number): Promise<void>;
}

export interface Metrics {
  add(name: string, value: number, dimension?: { readonly name: string; readonly value: string }): void;
}

/** Records decisions and actions for people. */
export interface Trail {
  note(entry: TrailEntry, at?: Instant): void;
  /** Stores the notes; throws if it cannot. */
  flush(): Promise<void>;
}
