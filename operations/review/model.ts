import type { Suppression } from "../../contract/suppression";
import type { CostDelta } from "../costs/delta";
import type { ScannerException } from "../scanner-exceptions";
import type { AttributeChange } from "./attribute-changes";

/** The report of a run over one or more stacks. All secrets are masked already, so renderers print it as it is. */
export interface Report {
  /** Project name; a report replaces the earlier one of the same project in a pull request. */
  readonly app: string;
  readonly verdict: Verdict;
  /** Planned stacks, the most dangerous first. */
  readonly stacks: readonly StackReport[];
  /** Stacks that were not planned because their synthesized files did not change. */
  readonly unchangedStacks: readonly string[];
  readonly failed: readonly FailedStack[];
  /** What was planned, also when nothing could be. */
  readonly source?: Source;
  /** What a reviewer should know besides, such as a stack whose file is gone while it may still be deployed. */
  readonly notes: readonly string[];
}

export interface Verdict {
  /** `error`: must not be applied; `danger`: something is deleted or replaced. */
  readonly level: Level;
  readonly title: string;
}

export type Level = "none" | "change" | "danger" | "error";

export interface FailedStack {
  readonly stack: string;
  readonly error: string;
}

export interface StackReport {
  readonly stack: string;
  readonly environment: string;
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
  readonly level: Level;
  /** "2 destroy, 1 replace, 4 change", "no changes". */
  readonly title: string;
  /** Why the plan must not be applied; empty if it may be. */
  readonly blocked: readonly string[];
  readonly counts: Counts;
  readonly attention: readonly AttentionItem[];
  /** Changed resources, the most dangerous first. */
  readonly resources: readonly ResourceReport[];
  /** What was changed outside of Terraform. */
  readonly drift: readonly DriftReport[];
  readonly outputs: readonly AttributeChange[];
  /** Failed checks and Terraform's warnings. */
  readonly warnings: readonly string[];
  /** Number of the warnings that are failed checks. */
  readonly failedChecks: number;
  readonly cost?: CostDelta;
  readonly policy: readonly PolicyFinding[];
  /** What scanners report about the resources of this plan, and why that is accepted. */
  readonly accepted: readonly AcceptedFinding[];
  readonly meta: PlanMeta;
  /** A self-contained picture of the stack. */
  readonly diagramSvg?: string;
  readonly applyCommand: string;
}

export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
  readonly move: number;
  readonly import: number;
  /** Removed from the state but kept in AWS. */
  readonly forget: number;
  readonly drift: number;
  readonly outputs: number;
}

export type Action = "replace" | "destroy" | "forget" | "change" | "add" | "import" | "move";

export interface ResourceReport {
  readonly address: string;
  readonly type: string;
  /** Readable name: the construct's path below the stack, with instance key and id of a deposed object. */
  readonly name: string;
  readonly action: Action;
  readonly movedFrom?: string;
  readonly importedId?: string;
  /** Id of the deposed object that an unfinished apply left behind. */
  readonly deposed?: string;
  readonly replacement?: Replacement;
  /** Why it is deleted, if Terraform gives a reason. */
  readonly reason?: string;
  /** What is lost when it is destroyed or replaced; absent if it stays or can be recreated without loss. */
  readonly stateful?: string;
  /** What it changes because of, such as `environments/staging.ts:14`; absent when that cannot be told. */
  readonly because?: string;
  readonly attributes: readonly AttributeChange[];
  /** Attributes that AWS decides, not listed one by one. */
  readonly knownAfterApply: readonly string[];
}

export interface Replacement {
  /** `destroyFirst` causes a gap without the resource; `keepsOld` leaves the old one in AWS. */
  readonly order: "createFirst" | "destroyFirst" | "keepsOld";
  /** Attributes that force it. */
  readonly attributes: readonly string[];
  /** Set if it is not an attribute that forces it. */
  readonly reason?: string;
  /** The replaced resource that causes this replacement. */
  readonly follows?: { readonly address: string; readonly name: string };
  /** Set for types that get a new revision with every deployment. */
  readonly revision?: string;
}

export interface DriftReport {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly kind: "changed" | "gone";
  /** Whether this plan changes the resource, which may revert the drift. */
  readonly planned: boolean;
  readonly attributes: readonly AttributeChange[];
}

export interface AttentionItem {
  readonly kind:
    "stateful" | "destroy" | "replace" | "forget" | "drift" | "security" | "follows" | "revision";
  readonly action: Action | "drift";
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** Whether data is lost or something is open to the whole internet. */
  readonly loud: boolean;
  /** Clauses: what forces it, what is lost, what AWS will refuse. */
  readonly why: readonly string[];
}

export interface PolicyFinding {
  readonly level: "info" | "warning" | "error";
  readonly constructPath: string;
  readonly message: string;
  /** Set when someone has accepted it for a while; after that it is an error. */
  readonly suppression?: Suppression;
}

/** Checks of scanners that fail on resources of this plan and are accepted. */
export interface AcceptedFinding extends ScannerException {
  /** Those of the exception's types that this plan creates or changes. */
  readonly types: readonly string[];
  readonly resources: number;
  /** Whether the day of its review had passed when the plan was made. */
  readonly overdue: boolean;
}

/** The code that was planned. */
export interface Source {
  readonly commit?: string;
  /** Pushed commit of a pull request; `commit` is its merge with the target branch. */
  readonly head?: string;
}

export interface PlanMeta extends Source {
  /** Of the saved plan: `sha256:` and 64 hex digits, as `deploy --digest` takes it. */
  readonly digest: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lineage?: string;
  readonly serial?: number;
  readonly terraformVersion: string;
}
