/**
 * What the reaper's core requires from outside. The AWS adapters implement it with the SDK, the tests with
 * fakes. Instants are milliseconds since 1970 (UTC); texts in the registry are ISO 8601 with a zone.
 */
import type { Claim } from "../../../cleanup/engine/ownership";
import type { Clock as EngineClock, Metrics } from "../../../cleanup/engine/ports";
import type { Residual } from "../../../cleanup/engine/residual";
import type { EnvScope, Found, Handler } from "../../../cleanup/engine/resource";
import type { Instant } from "../../../cleanup/engine/time";
import type { NoticeAttributes } from "../../../contract/audience";
import type { Unfinished } from "../../../contract/deletion";
import type { Lease, RecordChanges } from "../../../contract/lease";
import type { ParsedRecord, RegistryRecord, StateRef } from "../../../contract/registry";
import type { ScheduleName } from "../../../contract/reaper";
import type { AuditLine, CompletionProof } from "../../../contract/registry-items";

export { LeaseLost, RecordChanged, type Lease, type RecordChanges } from "../../../contract/lease";
export type { ScheduleName } from "../../../contract/reaper";
export type { AuditLine, CompletionProof } from "../../../contract/registry-items";

/** An entry of Terraform's state. Attributes other than these are never read: they hold secrets. */
export interface StateResource {
  readonly address: string;
  readonly terraformType: string;
  readonly mode: "managed" | "data";
  /** The handler's type; `part` if it is deleted with another resource; `unsupported` if no handler knows it. */
  readonly handledBy: { readonly type: string } | "part" | "unsupported";
  /** `attributes.id` and `attributes.arn`, as far as present. */
  readonly ids: readonly string[];
}

/** What is known about an environment before the handlers list. */
export interface Scan {
  /** `[]` without a state. If it is `unreadable`, its vetoes are unknown, so nothing is deleted. */
  readonly state: readonly StateResource[] | "unreadable";
  /** Version of the state's object that was read; absent if there is none. */
  readonly stateVersion?: string;
  /** What the journal of a test run claims. @default none */
  readonly claims?: readonly Claim[];
  /** Ids or ARNs in the tag index, by handler type. They may no longer exist, so handlers describe them. */
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  /** ARNs with the environment's tag that no handler knows. */
  readonly unknownArns: readonly string[];
  /** VPCs in the state, by tag or in the record, described. */
  readonly vpcs: readonly Found[];
  /** Empty when everything was listed; otherwise the inventory is incomplete. */
  readonly errors: readonly string[];
}

export interface Discovery {
  /** Never throws: errors of listing are in `errors`. */
  scan(record: RegistryRecord): Promise<Scan>;
  /** Names in the environment tags of this account and region: for the sweep. */
  names(): Promise<readonly string[]>;
  /** What has the tags of an ephemeral environment, with its system. It may no longer exist. */
  tagged(environment: string): Promise<readonly { readonly arn: string; readonly system?: string }[]>;
}

/** Everything that changes an environment, bound to a session that can change only this environment. */
export interface CleanupSession {
  readonly handlers: readonly Handler[];
  readonly schedules: Schedules;
  readonly state: StateStore;
}

export interface Sessions {
  /** `read`: handlers only list and describe, and every change throws. */
  open(env: EnvScope, access: "read" | "clean"): Promise<CleanupSession>;
}

export interface Registry {
  /** Whether records of a kind may be deleted here. Consistent read; throws if it cannot read. @param kind @default stacks */
  deletionEnabled(kind?: RegistryRecord["kind"]): Promise<boolean>;
  /** Consistent read. Throws if it cannot read, which is not the same as "missing". */
  get(environment: string): Promise<ParsedRecord | { readonly kind: "missing" }>;
  /** Consistent reads of many records, without those that are missing. Throws if it cannot read. */
  getAll(
    environments: readonly string[],
  ): Promise<readonly (ParsedRecord & { readonly environment: string })[]>;
  /** Unfinished environments that expire until then, from the sparse index, which may lag. @default all */
  listOpen(until?: Instant): Promise<readonly string[]>;
  /** Clears the warning of a record that someone has put back. */
  withdrawWarning(environment: string): Promise<void>;
  /** Puts a record back into the index of unfinished ones, if it is missing there. */
  relist(environment: string): Promise<void>;
  /** Takes or renews the worker's place if it is free, expired or this owner's. Returns false if another has it. */
  takePlace(owner: string, now: Instant, until: Instant): Promise<boolean>;
  /** Releases the place, if it is this owner's. */
  leavePlace(owner: string): Promise<void>;
  /** Takes the lease if it is free, expired or this owner's, with token + 1. Returns `undefined` if another holds it. */
  takeLease(environment: string, owner: string, now: Instant, until: Instant): Promise<Lease | undefined>;
  /**
   * Writes if the lease is ours (`LeaseLost` otherwise) and, where given, if `expiresAt` is still this one
   * and the record is not protected (`RecordChanged` otherwise).
   */
  update(lease: Lease, changes: RecordChanges, ifStill?: { readonly expiresAt: string }): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;
  /** Notes on an invalid record which notice was sent. Returns false if that is noted already. `null` deletes the note. */
  tellOfFault(environment: string, about: string | null): Promise<boolean>;
  /** Moves META to `DONE#<at>` without lease, `lockId` and `open`, with `expireAt`; one transaction. */
  complete(lease: Lease, at: Instant, proof: CompletionProof, expireAt: Instant): Promise<void>;
  /** The newest finished life of an environment. */
  lastDone(environment: string): Promise<RegistryRecord | undefined>;
  /** Opens a finished record again as META of a new life that ends at `expiresAt`. Does nothing if META exists. */
  reopen(record: RegistryRecord, expiresAt: Instant, now: Instant): Promise<void>;
  unfinished(environment: string): Promise<readonly Unfinished[]>;
  /** Replaces the unfinished resources of an environment together with the numbers of the deleted ones. */
  saveProgress(
    lease: Lease,
    resources: readonly Unfinished[],
    deleted: RegistryRecord["deleted"],
  ): Promise<void>;
}

export interface LockHolder {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created?: Instant;
}

/** Terraform's own lock: lock file, table, or both. */
export interface StateLock {
  /** Takes every lock of `ref` under `lockId`, adopting those that already carry it; releases a half on failure. */
  acquire(
    ref: StateRef,
    lockId: string,
    info: string,
  ): Promise<{ kind: "held" } | { kind: "busy"; holder: LockHolder }>;
  /** Deletes the locks with `lockId`, if there are any, and verifies that they are gone. */
  release(ref: StateRef, lockId: string): Promise<void>;
}

export type StateReset =
  | { readonly kind: "emptied"; readonly serial: number; readonly versionId?: string }
  /** Never applied; a stray digest was deleted. */
  | { readonly kind: "absent" }
  /** Someone wrote the state despite the lock, so it was not emptied. */
  | { readonly kind: "conflict"; readonly error: string };

export interface StateStore {
  /**
   * Writes the tombstone, the emptied state (compare-and-swap) and the digest. Idempotent: recognises its own earlier work.
   *
   * @param listed version of the state whose resources are gone; only this version is emptied
   */
  reset(ref: StateRef, environment: string, at: Instant, listed: string | undefined): Promise<StateReset>;
}

export interface Schedules {
  /** When each schedule that exists fires. */
  read(environment: string): Promise<Readonly<Partial<Record<ScheduleName, Instant>>>>;
  /** One-time schedule that deletes itself, created or moved. Idempotent. */
  put(environment: string, name: ScheduleName, at: Instant): Promise<void>;
  /** Deletes every schedule of the environment. Idempotent. */
  deleteAll(environment: string): Promise<void>;
}

export interface Notifier {
  publish(notice: NoticeAttributes & { readonly subject: string; readonly text: string }): Promise<void>;
  /** Number of confirmed subscriptions that receive such a notice. Throws if that cannot be read. */
  listeners(attributes: NoticeAttributes): Promise<number>;
}

/** Type of the environment's own schedules in a residual listing. */
export const SCHEDULE_TYPE = "scheduler:schedule";

export interface Clock extends EngineClock {
  /** Time of the `Date` header of a fresh answer of AWS. Throws if there is none. */
  authority(): Promise<Instant>;
}

export interface Identity {
  /** The real account (`GetCallerIdentity`) and its alias. */
  get(): Promise<{ readonly accountId: string; readonly region: string; readonly alias?: string }>;
}

export interface Audit {
  /** To the log, at once, so that it survives whatever happens next. */
  say(line: AuditLine): void;
  /** Beside the record, many at a time. */
  keep(lines: readonly AuditLine[]): Promise<void>;
}

export interface Ids {
  uuid(): string;
}

/** An instance with the system tag of admin boxes. */
export interface BoxInstance {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly launchedAt: Instant;
  /** ARN of its instance profile, if it has one. */
  readonly instanceProfileArn?: string;
}

export interface Boxes {
  /** All that are not terminated. Throws rather than leave one out. */
  all(): Promise<readonly BoxInstance[]>;
  /** Idempotent. */
  terminate(id: string): Promise<void>;
  /** Number of boxes of an environment that have outlived their expiry, for the alarm of its stack. */
  reportOverdue(environment: string, count: number): void;
}

export interface Ports {
  readonly registry: Registry;
  readonly boxes: Boxes;
  readonly discovery: Discovery;
  readonly sessions: Sessions;
  readonly lock: StateLock;
  readonly residual: Residual;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly ids: Ids;
}
