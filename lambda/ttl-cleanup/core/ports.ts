/**
 * What the reaper's core needs from the world. The AWS side implements it with the SDK, the tests with
 * fakes. Instants are milliseconds since 1970 (UTC); texts in the registry are ISO 8601 with a zone.
 */
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
  /** The handler's type; `part` where it goes with another resource; `unsupported` where nobody knows it. */
  readonly handledBy: { readonly type: string } | "part" | "unsupported";
  /** `attributes.id` and `attributes.arn`, as far as present. */
  readonly ids: readonly string[];
}

/** What is known of an environment before the handlers list. */
export interface Scan {
  /** `unreadable`: nothing is deleted, because what the state vetoes is unknown. No object: `[]`. */
  readonly state: readonly StateResource[] | "unreadable";
  /** Of the state's object as it was read; absent where there is none. */
  readonly stateVersion?: string;
  /** Hits of the tag index, by handler type: ids or ARNs. They may be ghosts: handlers describe them. */
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  /** ARNs with the environment's tag that no handler knows. */
  readonly unknownArns: readonly string[];
  /** VPCs in the state, by tag or in the record, described. */
  readonly vpcs: readonly Found[];
  /** Empty when everything was listed; otherwise the inventory is incomplete. */
  readonly errors: readonly string[];
}

export interface Discovery {
  /** Never throws: what could not be listed is in `errors`. */
  scan(record: RegistryRecord): Promise<Scan>;
  /** Names in the environment tags of this account and region: for the sweep. */
  names(): Promise<readonly string[]>;
  /** ARNs tagged as an ephemeral environment's. May be ghosts. */
  tagged(environment: string): Promise<readonly string[]>;
}

/** Everything that changes an environment, bound to a session that can touch this environment alone. */
export interface CleanupSession {
  readonly handlers: readonly Handler[];
  readonly schedules: Schedules;
  readonly state: StateStore;
}

export interface Sessions {
  /** `read`: handlers only list and look, and every change throws. */
  open(env: EnvScope, access: "read" | "clean"): Promise<CleanupSession>;
}

export interface Registry {
  /** Consistent read. Throws when it cannot read: that is not "missing". */
  get(environment: string): Promise<ParsedRecord | { readonly kind: "missing" }>;
  /** Consistent reads of many records; those that are missing are left out. Throws when it cannot read. */
  getAll(
    environments: readonly string[],
  ): Promise<readonly (ParsedRecord & { readonly environment: string })[]>;
  /** Unfinished environments, from the sparse index, those that expire until then; may lag. @default all */
  listOpen(until?: Instant): Promise<readonly string[]>;
  /** Takes or renews the worker's place when it is free, over or this owner's; false: another has it. */
  takePlace(owner: string, now: Instant, until: Instant): Promise<boolean>;
  /** Gives the place up, if it is this owner's. */
  leavePlace(owner: string): Promise<void>;
  /** Takes the lease when it is free, over or this owner's; token + 1. `undefined`: another holds it. */
  takeLease(environment: string, owner: string, now: Instant, until: Instant): Promise<Lease | undefined>;
  /**
   * Writes if the token is ours (`LeaseLost` otherwise) and, where given, if `expiresAt` is still this one
   * and the record is not protected (`RecordChanged` otherwise).
   */
  update(lease: Lease, changes: RecordChanges, ifStill?: { readonly expiresAt: string }): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;
  /** Notes on a record that cannot be read what was told of it; false: that was told already. `null` takes it back. */
  tellOfFault(environment: string, about: string | null): Promise<boolean>;
  /** Moves META to `DONE#<at>` without lease, `lockId` and `open`, with `expireAt`; one transaction. */
  complete(lease: Lease, at: Instant, proof: CompletionProof, expireAt: Instant): Promise<void>;
  /** The newest finished life of an environment. */
  lastDone(environment: string): Promise<RegistryRecord | undefined>;
  /** Puts a finished record back as META of a new life that ends at `expiresAt`; nothing when META exists. */
  reopen(record: RegistryRecord, expiresAt: Instant, now: Instant): Promise<void>;
  unfinished(environment: string): Promise<readonly Unfinished[]>;
  /** Replaces the unfinished resources of an environment. */
  saveUnfinished(lease: Lease, resources: readonly Unfinished[]): Promise<void>;
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
  /** Deletes the locks that carry `lockId` and reads back that they are gone. Nothing there: done. */
  release(ref: StateRef, lockId: string): Promise<void>;
}

export type StateReset =
  | { readonly kind: "emptied"; readonly serial: number; readonly versionId?: string }
  /** Never applied; a stray digest was deleted. */
  | { readonly kind: "absent" }
  /** Someone wrote the state under our lock: nothing of it was emptied. */
  | { readonly kind: "conflict"; readonly error: string };

export interface StateStore {
  /**
   * Tombstone, emptied state by compare-and-swap, digest. Idempotent: recognises its own earlier work.
   *
   * @param listed version of the state whose resources are gone: no other one is emptied
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
  /** How many confirmed subscriptions receive such a notice. Throws when that cannot be read. */
  listeners(attributes: NoticeAttributes): Promise<number>;
}

/** Type of the environment's own schedules in a residual listing. */
export const SCHEDULE_TYPE = "scheduler:schedule";

export interface Clock extends EngineClock {
  /** Time of an AWS answer's `Date` header, fresh. Throws when there is none. */
  authority(): Promise<Instant>;
}

export interface Identity {
  /** Who we really are (`GetCallerIdentity`) and the account's alias. */
  get(): Promise<{ readonly accountId: string; readonly region: string; readonly alias?: string }>;
}

export interface Audit {
  /** To the log, at once: it is there whatever happens next. */
  say(line: AuditLine): void;
  /** Beside the record, many at a time. */
  keep(lines: readonly AuditLine[]): Promise<void>;
}

export interface Ids {
  uuid(): string;
}

export interface Ports {
  readonly registry: Registry;
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
