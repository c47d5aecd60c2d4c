import type { Span } from "./create";
import type { DestroyResult } from "./destroy";
import type { TestResult } from "./test-command";

/** What `create` came to. */
export interface CreateReport {
  readonly result: "created" | "failed" | "interrupted";
  readonly seconds: number;
  readonly resources: number;
  readonly error?: string;
}

/** What the cleanup came to. */
export interface CleanupReport {
  readonly result: "complete" | "incomplete";
  readonly seconds: number;
  readonly deleted: number;
  readonly left: DestroyResult["left"];
  readonly errors: readonly string[];
  /** Who removes what is left, and by when. */
  readonly next?: string;
}

export interface RunReport {
  readonly run: string;
  readonly spec: string;
  readonly accountId: string;
  readonly region: string;
  readonly exitCode: number;
  readonly create: CreateReport;
  readonly tests?: TestResult;
  readonly cleanup?: CleanupReport;
  readonly outputs: Readonly<Record<string, string>>;
  readonly timeline: readonly Span[];
  /** Number of calls to AWS, attempts included. */
  readonly calls: number;
}
