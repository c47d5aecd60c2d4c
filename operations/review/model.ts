import type { CostDelta } from "../costs/delta";
import type { AttributeChange } from "./attribute-changes";

/** The report of a run over one or more stacks. No secret is in any of it: renderers show it as it is. */
export interface Report {
  /** Name of the project; reports of the same project replace each other in a pull request. */
  readonly app: string;
  readonly verdict: Verdict;
  /** Planned stacks, the most dangerous first. */
  readonly stacks: readonly StackReport[];
  /** Stacks whose synthesized files did not change, so that they were not planned. */
  readonly unchangedStacks: readonly string[];
  readonly failed: readonly FailedStack[];
  /** What a reviewer should know besides, such as a stack whose file is gone while it may still be deployed. */
  readonly notes: readonly string[];
}

export interface Verdict {
  /** `error`: must not be applied; `danger`: something goes or is replaced. */
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
  /** Why the plan must not be applied; empty when it may be. */
  readonly blocked: readonly string[];
  readonly counts: Counts;
  readonly attention: readonly AttentionItem[];
  /** Changed resources, the most dangerous first. */
  readonly resources: readonly ResourceReport[];
  /** What was changed outside of Terraform. */
  readonly drift: readonly DriftReport[];
  readonly outputs: readonly AttributeChange[];
  /** Checks that fail, and what Terraform warns of. */
  readonly warnings: readonly string[];
  readonly cost?: CostDelta;
  readonly policy: readonly PolicyFinding[];
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
  /** Taken out of the state, and left alone in AWS. */
  readonly forget: number;
  readonly drift: number;
  readonly outputs: number;
}

export type Action = "replace" | "destroy" | "forget" | "change" | "add" | "import" | "move";

export interface ResourceReport {
  readonly address: string;
  readonly type: string;
  /** For people: the construct's path below the stack, with the key of an instance and the id of a deposed object. */
  readonly name: string;
  readonly action: Action;
  readonly movedFrom?: string;
  readonly importedId?: string;
  /** The object that an earlier, unfinished apply has left behind. */
  readonly deposed?: string;
  readonly replacement?: Replacement;
  /** Why it goes, when Terraform says so. */
  readonly reason?: string;
  /** What is lost when it is destroyed or replaced; absent when it stays, or can be created again without loss. */
  readonly stateful?: string;
  readonly attributes: readonly AttributeChange[];
  /** Attributes that AWS decides, not listed one by one. */
  readonly knownAfterApply: readonly string[];
}

export interface Replacement {
  /** `destroyFirst` leaves a gap in which there is none; `keepsOld` leaves the old one in AWS. */
  readonly order: "createFirst" | "destroyFirst" | "keepsOld";
  /** Attributes that force it. */
  readonly attributes: readonly string[];
  /** Said when it is not an attribute that forces it. */
  readonly reason?: string;
  /** The replaced resource from which it follows. */
  readonly follows?: { readonly address: string; readonly name: string };
  /** Said for types of which each deployment makes a new revision. */
  readonly revision?: string;
}

export interface DriftReport {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly kind: "changed" | "gone";
  /** Whether this plan changes the resource, and so may put it back. */
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
  /** Data that is lost, or a door open to the whole internet. */
  readonly loud: boolean;
  /** Each a clause: what forces it, what is lost, what will refuse. */
  readonly why: readonly string[];
}

export interface PolicyFinding {
  readonly level: "info" | "warning" | "error";
  readonly constructPath: string;
  readonly message: string;
}

export interface PlanMeta {
  /** Of the saved plan: `sha256:` and 64 hex digits, as `deploy --digest` takes it. */
  readonly digest: string;
  readonly commit?: string;
  /** Of a pull request: the commit that was pushed, of which `commit` is the merge with its target. */
  readonly head?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lineage?: string;
  readonly serial?: number;
  readonly terraformVersion: string;
}
