/** One check and its result. */
export interface Check {
  /** What was checked, for example `terraform` or `state bucket`. */
  readonly name: string;
  /** `skipped`: the check could not run because another one failed. */
  readonly status: "ok" | "warning" | "failed" | "skipped";
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** What `automock doctor --json` prints. */
export interface Diagnosis {
  /** True if no check failed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export const ok = (name: string, found: string): Check => ({ name, status: "ok", found });
export const warning = (name: string, found: string, fix: string): Check => ({
  name,
  status: "warning",
  found,
  fix,
});
export const failed = (name: string, found: string, fix: string): Check => ({
  name,
  status: "failed",
  found,
  fix,
});
export const skipped = (name: string, found: string): Check => ({ name, status: "skipped", found });
