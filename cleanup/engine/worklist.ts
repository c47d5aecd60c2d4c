import type { Unfinished } from "../../contract/deletion";
import { classifyFor, describeError } from "./classify";
import type { Inventory, Item } from "./inventory";
import { Limiter } from "./limiter";
import { blockersOf } from "./order";
import type { Clock, Metrics, Trail } from "./ports";
import type { Outcome, Presence } from "./resource";
import { checkpointOf, listedAgain, newTask, stuckReason, type StuckResource, type Task } from "./task";
import { MINUTE, SECOND, type Instant } from "./time";

/** Time after which an accepted deletion without any visible effect is requested again. */
const ASK_AGAIN = 30 * SECOND;

/**
 * The resources of one environment during its deletion. A round checks the requested deletions, then requests those that
 * have become ready. It knows nothing about leases, gates or time limits.
 */
export class Worklist {
  private tasks = new Map<string, Task>();
  private readonly limiter = new Limiter();
  /** Resources of an earlier pass that are not listed yet in this one. */
  private readonly checkpoint: Map<string, Unfinished>;
  private changes = 0;
  /** Resources deleted or being deleted since the pass began, which distinguishes slow from stuck. */
  private movements = 0;
  private throttled = false;
  public readonly deleted: Record<string, number>;

  constructor(
    private readonly ports: { readonly clock: Clock; readonly metrics: Metrics },
    private readonly trail: Trail,
    checkpoint: readonly Unfinished[],
    deletedBefore: Readonly<Record<string, number>>,
  ) {
    this.checkpoint = new Map(checkpoint.map((one) => [`${one.type} ${one.id}`, one]));
    this.deleted = { ...deletedBefore };
  }

  /**
   * Adopts a fresh inventory. It also tells what is gone, unless a list failed. What is listed but no longer proven is
   * left alone, and is not counted.
   */
  public async merge({ items, foreign, errors }: Inventory): Promise<void> {
    const before = this.tasks;
    const leftAlone = new Set(foreign.map(({ key }) => key));
    this.tasks = new Map(items.map((item) => [item.key, this.taskFor(item, before.get(item.key))]));
    for (const [key, task] of before) {
      if (this.tasks.has(key) || task.presence === "absent") continue;
      if (leftAlone.has(key)) this.trail.note({ action: "decide", resource: key, outcome: "foreign" });
      else if (errors.length > 0) this.tasks.set(key, task);
      else this.gone(task, "absent at listing");
    }
    for (const key of leftAlone) this.checkpoint.delete(key);
    if (errors.length === 0) this.goneBetweenPasses();
    await this.trail.flush();
  }

  private taskFor(item: Item, known: Task | undefined): Task {
    const earlier = this.checkpoint.get(item.key);
    this.checkpoint.delete(item.key);
    if (!known) return newTask(item, this.ports.clock.now(), earlier);
    if (known.presence !== "absent") return listedAgain(known, item, this.ports.clock.now());
    // Gone and listed or created again: it starts over, and its deletion counts once.
    this.deleted[item.handler.type]! -= 1;
    this.movements -= 1;
    return newTask(item, this.ports.clock.now(), undefined, known.returns + 1);
  }

  /** Records resources of an earlier pass that were deleted in the meantime. */
  private goneBetweenPasses(): void {
    for (const [key, { type }] of this.checkpoint) {
      this.moved();
      this.count(type);
      this.trail.note({ action: "gone", resource: key, outcome: "gone since the last pass" });
    }
    this.checkpoint.clear();
  }

  /** Everything proven that still exists, including held resources. */
  public get left(): readonly Item[] {
    return this.present().map(({ item }) => item);
  }

  /** Whether this pass made progress. A repeated request is not progress. */
  public get progressed(): boolean {
    return this.movements > 0;
  }

  /** Whether any of the first layer is left. */
  public get workloadLeft(): boolean {
    return this.left.some(({ handler }) => handler.layer === "workload");
  }

  /** Whether a further round could achieve anything, because not everything is held, refused or blocked by such. */
  public get movable(): boolean {
    const present = this.present();
    const items = this.left;
    const immovable = new Set(
      present.filter(({ stopped, status }) => stopped || status === "held").map(({ item }) => item.key),
    );
    for (let before = -1; before !== immovable.size;) {
      before = immovable.size;
      for (const { item } of present) {
        if (blockersOf(item, items).some(({ key }) => immovable.has(key))) immovable.add(item.key);
      }
    }
    return immovable.size < present.length;
  }

  /** Whether a resource has become ready without a request yet, so that the next round need not wait. */
  public get ready(): boolean {
    const items = this.left;
    return this.present().some(
      (task) => task.status === "waiting" && this.due(task) && blockersOf(task.item, items).length === 0,
    );
  }

  /** Runs one round; returns whether anything changed. */
  public async round(): Promise<boolean> {
    this.changes = 0;
    this.throttled = false;
    await this.limiter.all(
      this.present().filter(
        ({ presence, status }) => presence === "deleting" || status === "accepted" || status === "transient",
      ),
      (task) => this.look(task),
    );
    // Readiness is judged once per round, before its first request.
    const present = this.present();
    const items = present.map(({ item }) => item);
    const work: (() => Promise<void>)[] = [];
    for (const task of present) {
      if (!this.due(task)) continue;
      const blockers = blockersOf(task.item, items);
      if (blockers.length === 0) work.push(() => this.remove(task));
      else {
        task.blockedBy = blockers.map(({ key }) => key);
        if (task.item.handler.prepareAt === "start" && !task.prepared)
          work.push(async () => void (await this.prepare(task)));
      }
    }
    await this.limiter.all(work, (run) => run()).finally(() => this.trail.flush());
    this.limiter.adapt(this.throttled);
    return this.changes > 0;
  }

  private present(): Task[] {
    return [...this.tasks.values()].filter(({ presence }) => presence !== "absent");
  }

  private due({ status, stopped, presence, notBefore, acceptedAt }: Task): boolean {
    const now = this.ports.clock.now();
    if (status === "held" || stopped || presence === "deleting" || notBefore > now) return false;
    return status !== "accepted" || now - acceptedAt >= ASK_AGAIN;
  }

  private async look(task: Task): Promise<void> {
    const { found, handler } = task.item;
    let presence: Presence;
    try {
      presence = await handler.look(found);
    } catch (error) {
      const outcome = classifyFor(handler, error);
      if (outcome.kind !== "gone") {
        if (outcome.kind === "throttled") this.slowDown(task);
        task.lastError = describeError(error);
        return;
      }
      presence = "absent";
    }
    if (presence === "absent") return this.gone(task, "gone");
    if (presence !== task.presence) this.moved();
    task.presence = presence;
  }

  private async prepare(task: Task): Promise<Outcome | undefined> {
    const { handler, found } = task.item;
    if (!handler.prepare || task.prepared) return undefined;
    const started = this.ports.clock.now();
    let outcome: Outcome = { kind: "accepted" };
    try {
      await handler.prepare(found);
      task.prepared = true;
      this.changes += 1;
    } catch (error) {
      outcome = classifyFor(handler, error);
      // An error of `prepare` does not mean that the resource is gone: only a part of it may be.
      if (outcome.kind === "gone") outcome = { kind: "accepted" };
    }
    this.record(task, "prepare", outcome, started);
    return outcome.kind === "accepted" ? undefined : this.take(task, outcome);
  }

  private async remove(task: Task): Promise<void> {
    const { handler, found } = task.item;
    task.triedSince ??= this.ports.clock.now();
    if (await this.prepare(task)) return;
    const started = this.ports.clock.now();
    let outcome: Outcome;
    try {
      outcome = await handler.remove(found);
    } catch (error) {
      outcome = classifyFor(handler, error);
    }
    this.record(task, "delete", outcome, started);
    this.take(task, outcome);
  }

  private take(task: Task, outcome: Outcome): Outcome {
    if (task.status !== outcome.kind) this.changes += outcome.kind === "accepted" ? 1 : 0;
    task.status = outcome.kind;
    if (outcome.kind !== "gone" && outcome.kind !== "blocked") task.attempts += 1;
    switch (outcome.kind) {
      case "gone":
        this.gone(task, "gone");
        break;
      case "accepted":
        task.acceptedAt = this.ports.clock.now();
        task.blockedBy = [];
        break;
      case "blocked":
        task.blockedBy = outcome.by;
        this.ports.metrics.add("ResourcesBlocked", 1, { name: "Type", value: task.item.handler.type });
        break;
      case "throttled":
        this.slowDown(task);
        break;
      case "denied":
      case "bug":
        task.stopped = true;
    }
    if ("error" in outcome) task.lastError = outcome.error;
    return outcome;
  }

  private slowDown(task: Task): void {
    task.throttles += 1;
    this.throttled = true;
    task.notBefore = this.ports.clock.now() + Math.min(MINUTE, SECOND * 2 ** task.throttles);
    this.ports.metrics.add("Throttles", 1, { name: "Service", value: task.item.handler.type.split(":")[0]! });
  }

  private moved(): void {
    this.changes += 1;
    this.movements += 1;
  }

  private gone(task: Task, how: string): void {
    this.moved();
    task.presence = "absent";
    const { type } = task.item.handler;
    // Deleted without a request, together with another resource, such as a listener with its load balancer.
    const outcome = task.triedSince === undefined ? "gone with another" : how;
    this.count(type);
    this.trail.note({ action: "gone", resource: task.item.key, outcome });
  }

  private count(type: string): void {
    this.deleted[type] = (this.deleted[type] ?? 0) + 1;
    this.ports.metrics.add("ResourcesDeleted", 1, { name: "Type", value: type });
  }

  private record(task: Task, action: string, outcome: Outcome, started: Instant): void {
    const at = this.ports.clock.now();
    const error =
      "error" in outcome ? outcome.error : outcome.kind === "blocked" ? outcome.by.join("; ") : undefined;
    this.trail.note(
      {
        action,
        resource: task.item.key,
        proof: task.item.proofs,
        outcome: outcome.kind,
        error,
        durationMs: at - started,
      },
      at,
    );
  }

  /** The resources whose wait has ended, each with its blockers. */
  public stuck(now: Instant): StuckResource[] {
    return this.present().flatMap((task) => {
      const reason = stuckReason(task, now);
      const { usedBy } = task.item.found;
      const blockedBy = task.blockedBy.length === 0 && usedBy !== undefined ? [usedBy] : task.blockedBy;
      return reason ? [{ key: task.item.key, reason, blockedBy }] : [];
    });
  }

  /** For the checkpoint. */
  public unfinished(now: Instant): Unfinished[] {
    const items = this.left;
    return this.present().map((task) => {
      const waitsFor = blockersOf(task.item, items).map(({ key }) => key);
      return checkpointOf(task, waitsFor, now);
    });
  }
}
