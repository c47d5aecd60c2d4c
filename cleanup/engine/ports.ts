import type { TrailEntry } from "../../contract/deletion";
import type { Instant } from "./time";

/** What the engine needs from the world, besides the handlers. */
export interface Clock {
  now(): Instant;
  sleep(ms: number): Promise<void>;
}

export interface Metrics {
  add(name: string, value: number, dimension?: { readonly name: string; readonly value: string }): void;
}

/** Keeps what was decided and done, for people to read afterwards. */
export interface Trail {
  note(entry: TrailEntry, at?: Instant): void;
  /** Keeps what has been noted; throws when it cannot. */
  flush(): Promise<void>;
}
