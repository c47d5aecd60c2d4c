import { formatInstant, registryKey } from "../../../contract/registry";
import { reaperNames, type ReaperEvent, type ReaperNames } from "../../../contract/reaper";
import { triggersOf } from "../../../lambda/ttl-cleanup/aws/events";
import { reap, type ReaperResult } from "../../../lambda/ttl-cleanup/core/reaper";
import type { Trigger } from "../../../lambda/ttl-cleanup/core/config";
import type { NoticeKind } from "../../../contract/audience";
import { VirtualClock } from "./kernel/clock";
import { NO_FAULTS, Process, type Crash, type Faults } from "./kernel/faults";
import { Random } from "./kernel/random";
import { Simulator, type Authorize } from "./kernel/simulator";
import { reaperWorld } from "./reaper-world";
import { instantOf } from "./services/scheduler";
import { SERVICES } from "./services";
import type { Item, Message, Schedule, Table } from "./world/platform";
import { TAG } from "../../../contract/tags";
import {
  seedAccount,
  seedEnvironment,
  seedRecord,
  type SeededAccount,
  type SeededEnvironment,
} from "./world/seed-account";
import type { Shape } from "./world/seed-parts";
import { World, type Place } from "./world/world";

export const PLACE: Place = { accountId: "111122223333", region: "us-east-1" };
export const START = Date.parse("2026-03-01T08:00:00Z");
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Lambda's own limit. */
const TIMEOUT = 900 * SECOND;
/** Lambda's waits before it runs a failed asynchronous event again. */
const RETRIES = [MINUTE, 2 * MINUTE];
/** Records of the stream that one invocation gets. */
const BATCH = 10;
/** Lambda's waits before it hands a batch of the stream over again; what follows in the stream waits as well. */
const STREAM_RETRIES = [SECOND, SECOND, SECOND, SECOND, SECOND];

export interface ScenarioOptions {
  readonly seed: number;
  readonly faults?: Partial<Faults>;
  readonly authorize?: Authorize;
  readonly pageSize?: number;
  /** Probability that a schedule fires twice. @default 0.05 */
  readonly fireTwice?: number;
  /** By how much the Lambda's clock is wrong, in milliseconds. */
  readonly clockSkew?: number;
  /** Where the n-th invocation dies; later ones live. */
  readonly crash?: (invocation: number, trigger: Trigger) => Crash | undefined;
}

export interface Invocation {
  readonly trigger: Trigger;
  readonly at: number;
  readonly process: Process;
  ended?: { readonly at: number; readonly result: ReaperResult | "dead" | Error };
}

/** An account in which the reaper is deployed: its schedules fire, its stream and its tick wake it. */
export class Scenario {
  public readonly clock: VirtualClock;
  public readonly random: Random;
  public readonly world: World;
  public readonly simulator: Simulator;
  public readonly names: ReaperNames = reaperNames(PLACE.accountId, PLACE.region);
  public readonly account: SeededAccount;
  public readonly environments: SeededEnvironment[] = [];
  public readonly invocations: Invocation[] = [];
  public readonly metrics: { readonly name: string; readonly value: number }[] = [];
  /** Events that Lambda gave up on. */
  public readonly deadLetters: Trigger[] = [];
  private stopped = false;
  private events = 0;
  /** Changes of records that the function has not been told of. */
  private readonly news: unknown[] = [];
  private isStreaming = false;

  constructor(private readonly options: ScenarioOptions) {
    this.clock = new VirtualClock(START);
    this.random = new Random(options.seed);
    this.world = new World(PLACE, new Random(options.seed + 1_000_003));
    this.world.pageSize = options.pageSize ?? 100;
    this.account = seedAccount(this.world, this.random);
    this.simulator = new Simulator({
      world: this.world,
      clock: this.clock,
      random: this.random,
      services: SERVICES,
      faults: { ...NO_FAULTS, ...options.faults },
      authorize: options.authorize,
    });
    this.world.onSchedule = (schedule) => this.fireLater(schedule);
    this.world.onItemChange = (table, before, after) => this.stream(table, before, after);
    this.tick(START + HOUR * this.random.next());
  }

  public add(shape: Shape, ttlHours = 1, createdAt = this.clock.now()): SeededEnvironment {
    const timing = { createdAt, ttlHours };
    const environment = seedEnvironment(this.world, this.random, this.account, shape, timing);
    this.environments.push(environment);
    return environment;
  }

  /** Environments with a record and one resource each, whose expiries are spread evenly over the time after `from`. */
  public addAtRest(count: number, from: number, over: number): void {
    for (let i = 0; i < count; i++) {
      const environment = `rest-${i}`;
      seedRecord(this.world, environment, from + (i * over) / count);
      const id = this.world.newId("queue");
      this.world.others.add({
        id,
        arn: this.world.arn("sqs", id),
        tags: { [TAG.environment]: environment, [TAG.ephemeral]: "true" },
        origin: environment,
      });
    }
  }

  /** Lets time pass until `done` or for `atMost`; false when the time was not enough. */
  public async until(done: () => boolean, atMost: number): Promise<boolean> {
    const end = this.clock.now() + atMost;
    while (!done() && this.clock.now() < end) await this.clock.runUntil(this.clock.now() + SECOND);
    return done();
  }

  /** Ends the world: nothing fires any more. */
  public stop(): void {
    this.stopped = true;
  }

  public record(environment: string): Item | undefined {
    const { pk, sk } = registryKey(environment);
    return this.world.tables
      .get(this.names.registryTableName)!
      .items.get(JSON.stringify([{ S: pk }, { S: sk }]));
  }

  /** Changes a record as an operator does. */
  public edit(environment: string, changes: Item): void {
    const table = this.world.tables.get(this.names.registryTableName)!;
    const { pk, sk } = registryKey(environment);
    const key = JSON.stringify([{ S: pk }, { S: sk }]);
    const before = table.items.get(key)!;
    const after = { ...before, ...changes };
    table.items.set(key, after);
    this.stream(table, before, after);
  }

  /** Extensions, with whether a deletion had begun already. */
  public readonly extensions: { readonly at: number; readonly to: number; readonly tooLate: boolean }[] = [];

  public extend(environment: string, to: number): void {
    const tooLate = this.record(environment)?.firstDeleteAt !== undefined;
    this.extensions.push({ at: this.clock.now(), to, tooLate });
    this.edit(environment, { expiresAt: { S: formatInstant(to) } });
  }

  /** True when the record has moved to the history. */
  public isDone(environment: string): boolean {
    return !this.record(environment) && this.finished(environment) !== undefined;
  }

  /** The record in the history. */
  public finished(environment: string): Item | undefined {
    const prefix = JSON.stringify([{ S: registryKey(environment).pk }, { S: "DONE#" }]).slice(0, -3);
    const { items } = this.world.tables.get(this.names.registryTableName)!;
    return [...items].find(([key]) => key.startsWith(prefix))?.[1];
  }

  /** What people got about an environment. */
  public notices(environment: string, kind: NoticeKind): readonly Message[] {
    const { messages } = this.world.topics.get(this.names.topicName)!;
    return messages.filter(
      ({ attributes }) => attributes.environment === environment && attributes.kind === kind,
    );
  }

  /**
   * One run of the function, to its end or its death.
   *
   * @param requestId that of the first try: Lambda keeps it when it tries again
   */
  public async invoke(
    trigger: Trigger,
    requestId = `request-${this.invocations.length}`,
  ): Promise<ReaperResult | "dead" | Error> {
    const { clock } = this;
    const process = new Process(this.options.crash?.(this.invocations.length, trigger));
    const invocation: Invocation = { trigger, at: clock.now(), process };
    this.invocations.push(invocation);
    const deadline = clock.now() + TIMEOUT;
    clock.at(deadline, () => process.die());
    const world = reaperWorld(this, process, {
      requestId,
      remainingMs: () => deadline - clock.now(),
      wait: (ms) => clock.sleep(ms),
      clockSkew: this.options.clockSkew ?? 0,
    });
    const result = await Promise.race([
      process.death(),
      reap(world, trigger).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    ]);
    invocation.ended = { at: clock.now(), result };
    return result;
  }

  /** An asynchronous event: tried again when the function fails, then a dead letter. */
  public async deliver(
    trigger: Trigger,
    retries: readonly number[] = RETRIES,
    requestId = `event-${this.events++}`,
  ): Promise<void> {
    if (this.stopped) return;
    const result = await this.invoke(trigger, requestId);
    if (result !== "dead" && !(result instanceof Error)) return;
    const [wait, ...rest] = retries;
    if (wait === undefined) {
      this.deadLetters.push(trigger);
      return;
    }
    await this.clock.sleep(wait);
    await this.deliver(trigger, rest, requestId);
  }

  private tick(at: number): void {
    this.clock.startAt(at, async () => {
      if (this.stopped) return;
      this.tick(at + HOUR);
      await this.deliver({ kind: "tick" });
    });
  }

  /** Exact to a minute, after the part of its window that Scheduler chooses; deletes itself; may fire twice. */
  private fireLater(schedule: Schedule): void {
    const { expression, windowMinutes } = schedule;
    const delay = this.random.between(0, MINUTE) + this.random.between(0, windowMinutes * MINUTE);
    this.clock.startAt(instantOf(expression) + delay, async () => {
      const now = this.world.schedules.get(schedule.id);
      if (this.stopped || !now || now !== schedule) return;
      if (now.afterCompletion === "DELETE") this.world.schedules.delete(now.id);
      const [trigger] = triggersOf(JSON.parse(now.input) as ReaperEvent);
      if (this.random.chance(this.options.fireTwice ?? 0.05)) void this.deliver(trigger!);
      await this.deliver(trigger!);
    });
  }

  private stream(table: Table, before: Item | undefined, after: Item | undefined): void {
    if (table.id !== this.names.registryTableName || !after) return;
    const record = {
      eventName: before ? "MODIFY" : "INSERT",
      dynamodb: { Keys: { pk: after.pk, sk: after.sk }, OldImage: before, NewImage: after },
    };
    if (triggersOf({ Records: [record] }).length === 0) return;
    this.news.push(record);
    if (this.isStreaming) return;
    this.isStreaming = true;
    this.clock.startAt(this.clock.now() + this.random.between(0.2 * SECOND, 2 * SECOND), () => this.drain());
  }

  /** The stream is ordered: the next batch comes when the function has ended with this one. */
  private async drain(): Promise<void> {
    while (this.news.length > 0) {
      const triggers = triggersOf({ Records: this.news.splice(0, BATCH) });
      await Promise.all(triggers.map((trigger) => this.deliver(trigger, STREAM_RETRIES)));
    }
    this.isStreaming = false;
  }
}
