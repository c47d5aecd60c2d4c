import type { ScheduleName } from "./ports";

/** Settings of the deployment. */
export interface ReaperConfig {
  /** The account the reaper may work in. */
  readonly accountId: string;
  readonly region: string;
  /** Names and ARNs that belong to no environment: state bucket, lock and registry table, bootstrap resources. */
  readonly untouchable: readonly string[];
  /** A plan with more resources than this is refused. */
  readonly maxResources: number;
  /** Aliases of accounts that look like production but are not. */
  readonly accountAliases: readonly string[];
  /** Names of environments that are never deleted. */
  readonly permanentNames: readonly string[];
  /** One of two switches required to override a gate; the other is the flag of the invocation. */
  readonly overridesEnabled: boolean;
  /** The reaper's name in locks and audit lines: the function's ARN. */
  readonly actor: string;
}

/** One invocation of the function. */
export interface Invocation {
  readonly requestId: string;
  remainingMs(): number;
  /** Waits without advancing the clock for anything else. */
  wait(ms: number): Promise<void>;
}

export type Trigger =
  | { readonly kind: "tick" }
  | { readonly kind: "schedule"; readonly name: ScheduleName; readonly environment: string }
  /** The registry's stream: inserted, or `expiresAt` or `protected` changed. */
  | {
      readonly kind: "stream";
      readonly environment: string;
      /** Someone has put an earlier record back, with a warning. @default false */
      readonly putBack?: true;
    }
  | {
      readonly kind: "manual";
      readonly action: "plan" | "reap";
      readonly environment: string;
      /** @default true */
      readonly dryRun?: boolean;
      /** Gates to override, by name; needs `overridesEnabled` too. */
      readonly override?: readonly string[];
    };
