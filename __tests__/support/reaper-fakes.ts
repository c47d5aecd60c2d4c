import fc from "fast-check";
import type { Claim } from "../../cleanup/engine/ownership";
import type { ResidualItem } from "../../cleanup/engine/residual";
import type { EnvScope, Found, Handler, Outcome } from "../../cleanup/engine/resource";
import type { NoticeKind } from "../../contract/audience";
import type { Unfinished } from "../../contract/deletion";
import { isTest, type RegistryRecord } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import type { ReaperConfig } from "../../lambda/ttl-cleanup/core/config";
import type { World } from "../../lambda/ttl-cleanup/core/context";
import type {
  AuditLine,
  BoxInstance,
  CompletionProof,
  Ports,
  ScheduleName,
  StateResource,
} from "../../lambda/ttl-cleanup/core/ports";
import { fakeRegistry } from "./reaper-registry";
import {
  ACCOUNT,
  CONFIG,
  Crash,
  foundOf,
  HOUR,
  keyOf,
  MINUTE,
  REGION,
  T0,
  type FakeResource,
  type FakeType,
} from "./reaper-values";

/** Everything the reaper can see, in memory, with a clock that only moves when someone waits. */
export class FakeAws {
  public now = T0;
  /** Difference of our clock to AWS's. */
  public skewMs = 0;
  public readonly resources = new Map<string, FakeResource>();
  public readonly records = new Map<string, RegistryRecord>();
  public readonly done: { record: RegistryRecord; proof: CompletionProof; at: number }[] = [];
  /** The worker's place. */
  public readonly place: { owner?: string; until: number } = { until: 0 };
  public readonly unfinished = new Map<string, readonly Unfinished[]>();
  public readonly audit: AuditLine[] = [];
  public readonly notices: {
    at: number;
    kind: NoticeKind;
    environment: string;
    owner?: string;
    subject: string;
    text: string;
  }[] = [];
  /** Confirmed subscriptions, or what asking for them throws. */
  public listeners: number | Error = 1;
  /** As people have set it; `undefined` for never. */
  public deletionEnabled: boolean | undefined = true;
  /** Instances with the system tag of admin boxes, and what was reported about them. */
  public readonly boxes = new Map<string, BoxInstance>();
  public readonly overdueBoxes = new Map<string, number>();
  /** What the journals of test runs claim. */
  public claims: readonly Claim[] = [];
  public readonly metrics: Record<string, number> = {};
  public readonly schedules = new Map<string, Partial<Record<ScheduleName, number>>>();
  public readonly state = new Map<string, { serial: number; resources: StateResource[] }>();
  public readonly locks = new Map<string, { id: string; who: string; created?: number }>();
  /** Mutations of resources, in order. */
  public readonly mutations: { at: number; action: string; key: string }[] = [];
  /** What must never happen and did. */
  public readonly violations: string[] = [];
  public identity: { accountId: string; region: string; alias?: string } = {
    accountId: ACCOUNT,
    region: REGION,
  };
  public calls = 0;
  /** Called before every port call, with its name and number; may throw. */
  public before: (name: string, call: number) => void = () => undefined;
  /** Called after every port call; may throw although the call took effect. */
  public after: (name: string, call: number) => void = () => undefined;
  private uuids = 0;

  constructor(public types: readonly FakeType[]) {}

  /** What fast-check prints of a counterexample. */
  public [fc.toStringMethod](): string {
    const lines = this.audit.filter(({ action }) => action !== "decide");
    return JSON.stringify(
      { types: this.types, resources: [...this.resources.values()], audit: lines.slice(-12) },
      undefined,
      1,
    );
  }

  public register(record: RegistryRecord): void {
    this.records.set(record.environment, record);
    this.schedules.set(record.environment, {});
    if (!isTest(record)) this.state.set(record.stateRef.key, { serial: 7, resources: [] });
  }

  public add(resource: FakeResource, where: "managed" | "data" | "outside" = "outside"): void {
    this.resources.set(keyOf(resource), resource);
    const record = resource.environment && this.records.get(resource.environment);
    if (where === "outside" || !record || isTest(record)) return;
    this.state.get(record.stateRef.key)!.resources.push({
      address: `${where === "data" ? "data." : ""}fake.${resource.id}`,
      terraformType: `aws_${resource.type}`,
      mode: where,
      handledBy: { type: resource.type },
      ids: resource.arn ? [resource.id, resource.arn] : [resource.id],
    });
  }

  public present(): FakeResource[] {
    return [...this.resources.values()].filter(({ goneAt }) => goneAt === undefined || goneAt > this.now);
  }

  public presentOf(environment: string): FakeResource[] {
    return this.present().filter((one) => one.environment === environment);
  }

  public world(config: Partial<ReaperConfig> = {}, limitMs = 15 * MINUTE, requestId = "request-1"): World {
    const end = this.now + limitMs;
    let dead = false;
    const die = (error: unknown): never => {
      if (error instanceof Crash) dead = true;
      throw error;
    };
    const wrap = <T extends object>(port: T, name: string): T =>
      new Proxy(port, {
        get: (target, method) => {
          const value: unknown = Reflect.get(target, method);
          if (typeof value !== "function" || PURE.has(String(method))) return value;
          // A handler's list is a stream: it has its own hook.
          if (method === "list" && name !== "residual") return value;
          const called = `${name}.${String(method)}`;
          return async (...args: unknown[]) => {
            if (dead) throw new Crash("dead");
            this.calls += 1;
            const call = this.calls;
            try {
              this.before(called, call);
              const result: unknown = await (value as (...all: unknown[]) => unknown).apply(target, args);
              this.after(called, call);
              if (called !== "sessions.open") return result;
              const session = result as Awaited<ReturnType<Ports["sessions"]["open"]>>;
              return {
                handlers: session.handlers.map((handler) => wrap(handler, handler.type)),
                schedules: wrap(session.schedules, "schedules"),
                state: wrap(session.state, "state"),
              };
            } catch (error) {
              return die(error);
            }
          };
        },
      });
    const ports = this.ports();
    const wrapped = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, wrap(port as object, name)]),
    ) as unknown as Ports;
    return {
      ports: wrapped,
      config: { ...CONFIG, ...config },
      invocation: {
        requestId,
        remainingMs: () => Math.max(0, end - this.now),
        wait: () => new Promise<void>(() => undefined),
      },
    };
  }

  private ports(): Ports {
    return {
      clock: {
        now: () => this.now + this.skewMs,
        authority: async () => this.now,
        sleep: async (ms) => {
          this.now += ms;
        },
      },
      identity: { get: async () => this.identity },
      boxes: {
        all: async () => [...this.boxes.values()],
        terminate: async (id) => void this.boxes.delete(id),
        reportOverdue: (environment, count) => void this.overdueBoxes.set(environment, count),
      },
      ids: { uuid: () => `uuid-${(this.uuids += 1)}` },
      metrics: {
        add: (name, value) => {
          this.metrics[name] = (this.metrics[name] ?? 0) + value;
        },
      },
      audit: { say: (line) => void this.audit.push(line), keep: async () => undefined },
      notifier: {
        publish: async (notice) => void this.notices.push({ at: this.now, ...notice }),
        listeners: async () => {
          if (this.listeners instanceof Error) throw this.listeners;
          return this.listeners;
        },
      },
      residual: {
        list: async (record) => ({
          items: this.residual(record.environment),
          tombstones: [],
          unproven: [],
          errors: [],
        }),
      },
      discovery: {
        scan: async (record) => ({
          state: isTest(record) ? [] : (this.state.get(record.stateRef.key)?.resources ?? []),
          claims: isTest(record) ? this.claims : [],
          tagged: new Map(),
          unknownArns: [],
          vpcs: this.present()
            .filter(({ type }) => type === "vpc")
            .map((vpc) => foundOf(vpc)),
          errors: [],
        }),
        names: async () => [...new Set(this.present().flatMap(({ environment }) => environment ?? []))],
        tagged: async (environment) =>
          this.presentOf(environment).map(({ id, tags }) => ({
            arn: id,
            system: tags === undefined || tags === "unreadable" ? undefined : tags[TAG.system],
          })),
      },
      lock: {
        acquire: async (ref, id) => {
          const holder = this.locks.get(ref.key);
          if (holder && holder.id !== id)
            return { kind: "busy", holder: { operation: "OperationTypeApply", ...holder } };
          this.locks.set(ref.key, { id, who: "reaper" });
          return { kind: "held" };
        },
        release: async (ref, id) => {
          if (this.locks.get(ref.key)?.id === id) this.locks.delete(ref.key);
        },
      },
      sessions: {
        open: async (env, access) => ({
          handlers: this.types.map((type) => this.handler(type, env, access)),
          schedules: {
            read: async (environment) => ({ ...this.schedules.get(environment) }),
            put: async (environment, name, at) => {
              if (access === "read") throw new Error("read only");
              this.schedules.set(environment, { ...this.schedules.get(environment), [name]: at });
            },
            deleteAll: async (environment) => void this.schedules.delete(environment),
          },
          state: {
            reset: async (ref) => {
              const state = this.state.get(ref.key);
              if (!state) return { kind: "absent" };
              if (state.resources.length > 0 || state.serial === 7) {
                this.state.set(ref.key, { serial: state.serial + 1, resources: [] });
              }
              return { kind: "emptied", serial: this.state.get(ref.key)!.serial, versionId: "v1" };
            },
          },
        }),
      },
      registry: fakeRegistry({
        records: this.records,
        done: this.done,
        unfinished: this.unfinished,
        place: this.place,
        deletionEnabled: (kind) => this.deletionEnabled ?? kind === "test",
        checkDone: (record) => this.checkDone(record),
      }),
    };
  }

  private residual(environment: string): ResidualItem[] {
    const schedules = Object.keys(this.schedules.get(environment) ?? {});
    return [
      ...this.presentOf(environment).map(({ type, id }) => ({ type, id })),
      ...schedules.map((name) => ({ type: "scheduler:schedule", id: `${environment}.${name}` })),
    ];
  }

  private handler(fake: FakeType, env: EnvScope, access: "read" | "clean"): Handler {
    const { type } = fake;
    return {
      type,
      layer: fake.layer ?? "workload",
      after: fake.after ?? [],
      stuckMs: fake.stuckMs ?? HOUR,
      prepareAt: fake.prepareAt,
      ownedByVpc: fake.ownedByVpc,
      ownNames: fake.ownNames,
      list: () => this.list(type),
      look: async ({ id }) => {
        const one = this.resources.get(`${type} ${id}`);
        if (!one || !this.present().includes(one)) return "absent";
        return one.goneAt === undefined ? "present" : "deleting";
      },
      ...(fake.prepare
        ? { prepare: async (found: Found) => void this.mutate("prepare", found, env, access) }
        : {}),
      remove: async (found) => this.remove(found, env, access),
    };
  }

  private async *list(type: string): AsyncIterable<Found> {
    this.before(`${type}.list`, this.calls);
    for (const one of this.present()) {
      if (one.type === type) yield foundOf(one);
    }
  }

  private mutate(action: string, found: Found, env: EnvScope, access: "read" | "clean"): FakeResource {
    const key = keyOf(found);
    const one = this.resources.get(key)!;
    const complain = (what: string) => this.violations.push(`${action} ${key} ${what}`);
    this.mutations.push({ at: this.now, action, key });
    if (access === "read") complain("in a session that only reads");
    if (one.environment !== env.environment) complain(`which belongs to ${one.environment ?? "nobody"}`);
    const record = this.records.get(env.environment);
    if (!record) {
      complain("without a record");
      return one;
    }
    if (record.protected) complain("although protected");
    if (this.now < Date.parse(record.expiresAt)) complain(`before ${record.expiresAt}`);
    if (isTest(record)) return one;
    const warnings = this.notices.filter(
      ({ kind, environment, at }) =>
        kind === "warning" && environment === record.environment && at <= this.now - 55 * MINUTE,
    );
    if (warnings.length === 0) complain("without a warning 55 minutes before");
    if (this.locks.get(record.stateRef.key)?.id !== record.lockId) complain("without the lock on the state");
    return one;
  }

  private remove(found: Found, env: EnvScope, access: "read" | "clean"): Outcome {
    if (!this.resources.has(keyOf(found))) return { kind: "gone" };
    const one = this.mutate("remove", found, env, access);
    const refusal = one.refusals?.shift() ?? one.never;
    if (refusal) return refusal;
    if (one.goneAt !== undefined) return one.goneAt > this.now ? { kind: "accepted" } : { kind: "gone" };
    const there = new Set(this.present().map(keyOf));
    const by = (one.needs ?? []).filter((key) => there.has(key));
    if (by.length > 0) return { kind: "blocked", by };
    one.goneAt = this.now + (one.deleteMs ?? 0);
    return one.deleteMs ? { kind: "accepted" } : { kind: "gone" };
  }

  /** What "done" promises, checked at the moment it is written. */
  private checkDone(record: RegistryRecord): void {
    const left = this.residual(record.environment);
    if (left.length > 0) this.violations.push(`done with ${left.map(keyOf).join(", ")} left`);
    if (isTest(record)) return;
    const { stateRef } = record;
    const state = this.state.get(stateRef.key);
    if (state && (state.resources.length > 0 || state.serial !== 8))
      this.violations.push("done with a state that is not emptied");
    if (this.locks.get(stateRef.key)?.who === "reaper") this.violations.push("done with the state locked");
  }
}

/** Methods that answer without a call to the world, or are counted elsewhere. */
const PURE = new Set(["now", "reportOverdue", "uuid", "add", "sleep", "ownNames", "classify", "say"]);
