/** What was looked at, and what came of it. */
export interface Check {
  /** What it is about, for example `terraform` or `state bucket`. */
  readonly name: string;
  /** `skipped`: could not be looked at, because of another check that failed. */
  readonly status: "ok" | "warning" | "failed" | "skipped";
  readonly found: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** What `automock doctor --json` prints. */
export interface Diagnosis {
  /** Whether no check failed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export const ok = (name: string, found: string): Check => ({ name, status: "ok", found });
export const warning = (name: string, found: string, mend: string): Check => ({
  name,
  status: "warning",
  found,
  mend,
});
export const failed = (name: string, found: string, mend: string): Check => ({
  name,
  status: "failed",
  found,
  mend,
});
export const skipped = (name: string, found: string): Check => ({ name, status: "skipped", found });
