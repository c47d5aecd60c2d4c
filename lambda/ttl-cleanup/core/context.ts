import { describeError } from "../../../cleanup/engine/classify";
import type { StuckResource } from "../../../cleanup/engine/task";
import type { Instant } from "../../../cleanup/engine/time";
import type { Worklist } from "../../../cleanup/engine/worklist";
import type { NoticeKind } from "../../../contract/audience";
import { stableHash } from "../../../contract/names";
import type { ReaperPlan } from "../../../contract/reaper";
import { isTest, type Phase, type RegistryRecord } from "../../../contract/registry";
import { formatInstant } from "./clock";
import type { Invocation, ReaperConfig } from "./config";
import type { GateInput, Refusal } from "./gates";
import { AuditLog } from "./log";
import { step } from "./phases";
import {
  LeaseLost,
  type CleanupSession,
  type CompletionProof,
  type Lease,
  type LockHolder,
  type Ports,
  type RecordChanges,
} from "./ports";

/** Number of notices that a record remembers, so that problems that take turns are each told once. */
const REMEMBERED = 8;

/** Start of what a record remembers of the notice of its own faults. */
const FAULT = "fault-";

/** What to remember of the notice of a record's faults. */
export function faultHash(faults: readonly string[]): string {
  return `${FAULT}${stableHash(faults.join("\n"), 16)}`;
}

/** Result of one pass over one environment. */
export type PassResult =
  | ({ readonly kind: "nothing"; readonly reason: string; readonly until?: string } & Begun)
  | { readonly kind: "invalid"; readonly faults: readonly string[] }
  | ({ readonly kind: "stoodDown"; readonly refusals: readonly Refusal[]; readonly until?: string } & Begun)
  | ({ readonly kind: "lockBusy"; readonly holder: LockHolder; readonly until: string } & Begun)
  | { readonly kind: "unfinished"; readonly left: readonly string[]; readonly until: string }
  | { readonly kind: "stuck"; readonly stuck: readonly StuckResource[]; readonly errors: readonly string[] }
  | { readonly kind: "planned"; readonly plan: ReaperPlan; readonly text: string }
  | { readonly kind: "done"; readonly proof: CompletionProof };

/** Set where this pass or an earlier one has begun to delete: then "nothing was deleted" would be wrong. */
interface Begun {
  readonly deletionBegan?: true;
}

export function begun({ firstDeleteAt }: Pick<RegistryRecord, "firstDeleteAt">): Begun {
  return firstDeleteAt === undefined ? {} : { deletionBegan: true };
}

/** Options of a pass. */
export interface PassOptions {
  readonly environment: string;
  /** Gates to override, for invocations by hand. */
  readonly override?: readonly string[];
  /** Warn now although it is early, because the schedules cannot be trusted. */
  readonly warnEarly?: boolean;
}

export interface World {
  readonly ports: Ports;
  readonly config: ReaperConfig;
  readonly invocation: Invocation;
}

/** The record was extended or protected during a pass, so nothing may be deleted. */
export class StandDown extends Error {
  public override readonly name = "StandDown";
}

/** Work is left and no schedule can wake the reaper; thrown, so that the invocation is retried. */
export class Unfinished extends Error {
  public override readonly name = "Unfinished";
}

/** One pass: the record under a lease, and everything that writes it. */
export class PassContext {
  public readonly audit: AuditLog;
  public completed = false;

  constructor(
    public readonly world: World,
    public readonly options: PassOptions,
    public readonly lease: Lease,
    /** As last read or written by this pass. */
    public record: RegistryRecord,
  ) {
    this.audit = auditFor(world, options.environment, false);
    this.audit.withToken(lease.token);
  }

  public get ports(): Ports {
    return this.world.ports;
  }

  public now(): Instant {
    return this.ports.clock.now();
  }

  public remainingMs(): number {
    return this.world.invocation.remainingMs();
  }

  /** Reads the record again. Another token, or no record, ends this pass. */
  public async refresh(): Promise<RegistryRecord> {
    const read = await this.ports.registry.get(this.options.environment);
    if (read.kind === "missing") throw new LeaseLost("the record is gone");
    if (read.kind === "invalid") throw new Error(`the record became invalid: ${read.faults.join("; ")}`);
    const { token, leaseOwner } = read.record;
    // A record that someone puts back has an old token, which another pass may then get again.
    if (token !== this.lease.token || leaseOwner !== this.lease.owner)
      throw new LeaseLost("another pass has the lease");
    this.record = read.record;
    return this.record;
  }

  /** Writes with the lease's token. `guarded`: only if neither `expiresAt` nor the protection changed. */
  public async update(changes: RecordChanges, guarded: "guarded" | "free" = "free"): Promise<void> {
    if (changes.phase) step(this.record.phase, changes.phase);
    const ifStill = guarded === "guarded" ? { expiresAt: this.record.expiresAt } : undefined;
    await this.ports.registry.update(this.lease, changes, ifStill);
    const merged: Record<string, unknown> = { ...this.record, ...changes };
    for (const [name, value] of Object.entries(merged)) if (value === null) delete merged[name];
    this.record = merged as unknown as RegistryRecord;
  }

  /** Writes what is left and what is deleted. Together, so that a pass after a crash counts each resource once. */
  public async saveProgress(list: Pick<Worklist, "unfinished" | "deleted">): Promise<void> {
    const deleted = { ...list.deleted };
    await this.ports.registry.saveProgress(this.lease, list.unfinished(this.now()), deleted);
    this.record = { ...this.record, deleted };
  }

  public async enter(phase: Phase, changes: RecordChanges = {}): Promise<void> {
    if (this.record.phase === phase && Object.keys(changes).length === 0) return;
    const from = this.record.phase;
    await this.update({ ...changes, phase });
    if (from !== phase) await this.audit.write({ action: "phase", outcome: `${from} -> ${phase}` });
  }

  /**
   * Publishes a notice unless the same one was sent for this expiry. Sent first and recorded after: a crash in between
   * says it twice, never not at all. Failing to publish does not stop the pass; the next one tries again.
   */
  public async tellOnce(kind: NoticeKind, about: string, subject: string, text: string): Promise<void> {
    if (this.hasTold(kind, about)) return;
    const { environment } = this.options;
    const { owner } = this.record;
    try {
      await this.ports.notifier.publish({ kind, environment, owner, subject, text });
    } catch (error) {
      this.ports.metrics.add("NoticesFailed", 1);
      await this.audit.write({ action: "notice", outcome: "failed", error: describeError(error) });
      return;
    }
    const told = [...this.told().slice(1 - REMEMBERED), this.noticeHash(kind, about)];
    await this.update({ failureSentFor: told.join(" ") });
  }

  /** Whether that was said for this expiry. */
  public hasTold(kind: NoticeKind, about: string): boolean {
    return this.told().includes(this.noticeHash(kind, about));
  }

  /** A record that can be read again forgets its faults, so that the same ones are told if they come back. */
  public async forgetFaults(): Promise<void> {
    if (this.record.failureSentFor?.startsWith(FAULT)) await this.update({ failureSentFor: null });
  }

  private told(): string[] {
    return this.record.failureSentFor?.split(" ") ?? [];
  }

  private noticeHash(kind: NoticeKind, about: string): string {
    return stableHash(`${kind}\n${this.record.expiresAt}\n${about}`, 16);
  }

  /** Takes Terraform's lock, or keeps it. Its id is in the record. Without a state there is no lock to take. */
  public async takeLock(lockId: string): ReturnType<Ports["lock"]["acquire"]> {
    const { record } = this;
    if (isTest(record)) return { kind: "held" };
    const { environment, expiresAt, stateRef } = record;
    const info = `env ${environment} expired ${expiresAt}; cleanup running`;
    return this.ports.lock.acquire(stateRef, lockId, info);
  }

  /** Releases Terraform's lock, if the reaper has it for this environment. */
  public async releaseLock(): Promise<void> {
    const { record } = this;
    const { lockId } = record;
    if (lockId === undefined || isTest(record)) return;
    await this.ports.lock.release(record.stateRef, lockId);
    await this.update({ lockId: null });
    await this.audit.write({ action: "unlock", outcome: "released" });
  }

  /**
   * The one-time schedule of the next pass. A failure is an error, because nothing else would run before the tick. A
   * test run has none: the worker goes on while it lives, and then the tick does.
   */
  public async rearm(session: Pick<CleanupSession, "schedules">, at: Instant): Promise<string> {
    if (isTest(this.record)) return formatInstant(at);
    await session.schedules.put(this.options.environment, "rearm", at);
    await this.audit.write({ action: "rearm", outcome: formatInstant(at) });
    return formatInstant(at);
  }
}

/** What the gates look at now. */
export async function gateInput(
  { ports: { clock, identity, registry }, config }: World,
  about: Pick<GateInput, "environment" | "record">,
): Promise<GateInput> {
  const [who, authority, deletionEnabled] = await Promise.all([
    identity.get(),
    clock.authority(),
    registry.deletionEnabled(about.record.kind),
  ]);
  return { ...about, config, identity: who, now: clock.now(), authority, deletionEnabled };
}

export function auditFor(
  { ports, config, invocation }: World,
  environment: string,
  dryRun: boolean,
): AuditLog {
  return new AuditLog(ports, { environment, passId: invocation.requestId, actor: config.actor, dryRun });
}
