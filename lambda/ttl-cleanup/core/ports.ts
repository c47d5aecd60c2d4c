/**
 * What the reaper's core needs from the world. The AWS side implements it with the SDK, the tests with
 * fakes. Instants are milliseconds since 1970 (UTC); texts in the registry are ISO 8601 with a zone.
 */
import type { ParsedRecord, RegistryRecord, StateRef } from "../../../contract/registry";

export type Instant = number;

/** What came of a request to delete. There is no "ignored": whatever is not gone is tried again or reported. */
export type Outcome =
  | { readonly kind: "gone" }
  | { readonly kind: "accepted" }
  | { readonly kind: "blocked"; readonly by: readonly string[] }
  | { readonly kind: "throttled" | "denied" | "transient" | "bug"; readonly error: string };

export type Presence = "present" | "deleting" | "absent";

/** A resource as AWS describes it now. */
export interface Found {
  /** The handler's type, for example `ec2:nat-gateway`. */
  readonly type: string;
  /** Id that AWS's API takes and that Terraform's state has as `id` or `arn`. */
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  /** Tags as read from the service itself; `{}` where a type cannot have any. */
  readonly tags: Readonly<Record<string, string>> | "unreadable";
  readonly vpcId?: string;
  /** `<type> <id>` of the resource it is nothing without: whose that is, is this. */
  readonly partOf?: string;
  /** Account and region it lies in, where known other than from the ARN. */
  readonly accountId?: string;
  readonly region?: string;
  /** What AWS made itself and must stay, for example `default security group`: never deleted. */
  readonly builtIn?: string;
  /** What of others' needs it too, so that it stays. */
  readonly neededBy?: string;
  /** Its state at listing; `present` unless said. */
  readonly presence?: Exclude<Presence, "absent">;
}

/** An environment as the handlers and listings see it. */
export interface EnvScope {
  readonly environment: string;
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
  readonly stateRef: StateRef;
  /** VPCs proven to be the environment's own; empty in a foreign network. */
  readonly ownedVpcIds: readonly string[];
  /** Ids and ARNs from the state and the tag index, by handler type: hints for `list`, no proof. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
}

/** Names that belong to an environment alone: exact ones, and prefixes that end in a slash. */
export interface OwnNames {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** One per resource type. The core owns order, ownership, retries and reports. */
export interface Handler {
  readonly type: string;
  /** `final` types wait until no `workload` type is left: secrets, keys, log groups, roles, policies. */
  readonly layer: "workload" | "final";
  /** Types of this environment that must be absent first. */
  readonly after: readonly string[];
  readonly usualMs: number;
  /** After this long it is stuck, and its blockers are named. */
  readonly stuckMs: number;
  /** `start`: prepare before the `after` types are absent, for example to revoke security group rules. */
  readonly prepareAt?: "start" | "ready";
  /** Proof by name, for types that cannot be tagged or that a service makes without tags. */
  ownNames?(env: EnvScope): OwnNames;
  /** True where membership of an owned VPC is a proof, for example of an untagged network interface. */
  readonly ownedByVpc?: boolean;
  /** All candidates of this type, paginated; throws rather than leave one out. */
  list(env: EnvScope): AsyncIterable<Found>;
  look(found: Found): Promise<Presence>;
  /** Unprotect, detach, revoke, scale to zero. Idempotent. */
  prepare?(found: Found): Promise<void>;
  remove(found: Found): Promise<Outcome>;
  /** Turns what `list`, `look` or `prepare` threw into a class; the core's own classification unless given. */
  classify?(error: unknown): Outcome;
}

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
  /** ARNs tagged as ephemeral in this account and region, by environment: for the sweep. May be ghosts. */
  tagged(): Promise<ReadonlyMap<string, readonly string[]>>;
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

/** Proof that a registry write comes from the holder of the lease. */
export interface Lease {
  readonly environment: string;
  readonly owner: string;
  readonly token: number;
}

/** The token is not ours any more: another pass took over, and this one must stop without a word. */
export class LeaseLost extends Error {
  public override readonly name = "LeaseLost";
}

/** A condition besides the token did not hold: the record was extended or protected meanwhile. */
export class RecordChanged extends Error {
  public override readonly name = "RecordChanged";
}

/** Changes of a record: `null` removes the attribute. */
export type RecordChanges = {
  readonly [K in keyof Omit<RegistryRecord, "environment" | "token">]?: RegistryRecord[K] | null;
};

/** An unfinished resource, kept as checkpoint and for people to read; never the truth. */
export interface Unfinished {
  readonly type: string;
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly firstSeen: Instant;
  readonly lastError?: string;
  readonly blockedBy: readonly string[];
}

export interface Registry {
  /** Consistent read. Throws when it cannot read: that is not "missing". */
  get(environment: string): Promise<ParsedRecord | { readonly kind: "missing" }>;
  /** Unfinished environments, from the sparse index; may lag. */
  listOpen(): Promise<readonly string[]>;
  /** Takes the lease when it is free, over or this owner's; token + 1. `undefined`: another holds it. */
  takeLease(environment: string, owner: string, now: Instant, until: Instant): Promise<Lease | undefined>;
  /**
   * Writes if the token is ours (`LeaseLost` otherwise) and, where given, if `expiresAt` is still this one
   * and the record is not protected (`RecordChanged` otherwise).
   */
  update(lease: Lease, changes: RecordChanges, ifStill?: { readonly expiresAt: string }): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;
  /** Moves META to `DONE#<at>` without lease, `lockId` and `open`, with `expireAt`; one transaction. */
  complete(lease: Lease, at: Instant, proof: CompletionProof, expireAt: Instant): Promise<void>;
  /** The newest finished life of an environment. */
  lastDone(environment: string): Promise<RegistryRecord | undefined>;
  /** Puts a finished record back as META in phase EXPIRED, with `open`; nothing when META exists. */
  reopen(record: RegistryRecord): Promise<void>;
  unfinished(environment: string): Promise<readonly Unfinished[]>;
  /** Replaces the unfinished resources of an environment. */
  saveUnfinished(lease: Lease, resources: readonly Unfinished[]): Promise<void>;
}

export interface CompletionProof {
  readonly listings: readonly {
    readonly at: string;
    readonly tombstones: readonly string[];
    readonly unproven: readonly string[];
  }[];
  readonly stateSerial?: number;
  readonly stateVersionId?: string;
  readonly deleted: Readonly<Record<string, number>>;
  readonly durationMs: number;
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

export type ScheduleName = "warn" | "expire" | "rearm";

export interface Schedules {
  read(environment: string): Promise<{
    readonly group: "absent" | "active" | "deleting";
    readonly at: Readonly<Partial<Record<ScheduleName, Instant>>>;
  }>;
  /** One-time schedule that deletes itself, created or moved. Idempotent. */
  put(environment: string, name: ScheduleName, at: Instant): Promise<void>;
  deleteGroup(environment: string): Promise<Outcome>;
}

export type NoticeKind = "warning" | "completion" | "failure" | "alarm";

export interface Notifier {
  publish(notice: { kind: NoticeKind; environment: string; subject: string; text: string }): Promise<void>;
}

export interface ResidualItem {
  readonly type: string;
  readonly id: string;
}

/** Types of the environment's own schedules in a residual listing. */
export const SCHEDULE_TYPES: readonly string[] = ["scheduler:schedule", "scheduler:schedule-group"];

export interface ResidualListing {
  readonly items: readonly ResidualItem[];
  /** Gone, but still listed by AWS for a while; with the date of a pending deletion. */
  readonly tombstones: readonly string[];
  /** Left, and perhaps the environment's, but nothing proves it: for people to look at. */
  readonly unproven: readonly string[];
  /** Not empty: unknown, never "empty". */
  readonly errors: readonly string[];
}

export interface Residual {
  /** Own listing code, no handler's, no checkpoint. `vpcIds`: what Describe returns for the owned VPCs. */
  list(record: RegistryRecord): Promise<ResidualListing>;
}

export interface Clock {
  now(): Instant;
  /** Time of an AWS answer's `Date` header, fresh. Throws when there is none. */
  authority(): Promise<Instant>;
  sleep(ms: number): Promise<void>;
}

export interface Identity {
  /** Who we really are (`GetCallerIdentity`) and the account's alias. */
  get(): Promise<{ readonly accountId: string; readonly region: string; readonly alias?: string }>;
}

export interface AuditLine {
  readonly at: Instant;
  readonly seq: number;
  readonly environment: string;
  readonly passId: string;
  readonly token?: number;
  readonly actor: string;
  readonly action: string;
  readonly resource?: string;
  readonly proof?: readonly string[];
  readonly outcome: string;
  readonly error?: string;
  readonly durationMs?: number;
  readonly dryRun: boolean;
}

export interface Audit {
  /** To the log, at once: it is there whatever happens next. */
  say(line: AuditLine): void;
  /** Beside the record, many at a time. */
  keep(lines: readonly AuditLine[]): Promise<void>;
}

export interface Metrics {
  add(name: string, value: number, dimension?: { readonly name: string; readonly value: string }): void;
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
