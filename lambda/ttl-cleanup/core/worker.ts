import { describeError } from "../../../cleanup/engine/classify";
import { MINUTE, SECOND } from "../../../cleanup/engine/time";
import type { RegistryRecord } from "../../../contract/registry";
import { instantOf, times, WARN_LEAD } from "./clock";
import type { PassOptions, PassResult, World } from "./context";
import { needsPass } from "./due";
import { runPass } from "./pass";

/** Environments that one worker works on at the same time. */
const AT_ONCE = 250;

/** No further pass begins with less time than this. */
export const PASS_NEEDS = 4 * MINUTE;

/** How often the worker looks for environments that have become due, and renews its place. */
const LOOK = 15 * SECOND;

/** A worker that has not renewed its place for this long counts as dead. */
const PLACE = 60 * SECOND;

/** Results of the passes, by environment. */
export interface Work {
  readonly results: ReadonlyMap<string, PassResult>;
  readonly errors: ReadonlyMap<string, unknown>;
}

/**
 * Runs a pass for every environment that is due, in parallel, and for those that become due during its run. There is one
 * worker per account and region, which shares reads between environments and has one budget of calls. The registry is its
 * queue, so nothing is lost if it dies.
 *
 * @param first requested passes, whether due by the registry or not
 * @returns `undefined` if another worker is alive, because it reads the same registry
 */
export async function work(world: World, first: readonly PassOptions[]): Promise<Work | undefined> {
  const { registry, clock } = world.ports;
  const { requestId } = world.invocation;
  if (!(await registry.takePlace(requestId, clock.now(), clock.now() + PLACE))) return undefined;
  const worker = new Worker(world);
  await worker.run(first);
  return worker;
}

class Worker implements Work {
  public readonly results = new Map<string, PassResult>();
  public readonly errors = new Map<string, unknown>();
  private readonly running = new Map<string, Promise<void>>();
  private hasPlace = true;

  constructor(private readonly world: World) {}

  public async run(first: readonly PassOptions[]): Promise<void> {
    const { remainingMs, wait } = this.world.invocation;
    first.slice(0, AT_ONCE).forEach((options) => this.start(options));
    for (;;) {
      if (this.hasPlace && remainingMs() < PASS_NEEDS) await this.leavePlace();
      // An environment that became due just before the place was released found it taken, so the worker looks once more.
      if (this.running.size === 0 && this.hasPlace) {
        await this.leavePlace();
        if (remainingMs() >= PASS_NEEDS && (await this.startDue()) > 0) await this.renew();
      }
      if (this.running.size === 0) return;
      await Promise.race([...this.running.values(), wait(LOOK)]);
      if (this.hasPlace) {
        await this.renew();
        await this.startDue();
      }
    }
  }

  private start(options: PassOptions): void {
    const { environment } = options;
    const pass = runPass(this.world, options).then(
      (result) => {
        this.errors.delete(environment);
        this.results.set(environment, result);
      },
      (error: unknown) => void this.errors.set(environment, error),
    );
    this.running.set(
      environment,
      pass.finally(() => this.running.delete(environment)),
    );
  }

  /** Starts passes that are due and have not run yet; returns their number. */
  private async startDue(): Promise<number> {
    const { clock } = this.world.ports;
    // What cannot be read now is read at the next look; another invocation handles the rest.
    const environments = await due(this.world).catch(() => []);
    const started = environments
      .filter((environment) => this.mayRun(environment, clock.now()))
      .slice(0, Math.max(0, AT_ONCE - this.running.size));
    for (const environment of started) this.start({ environment });
    return started.length;
  }

  /** An unfinished pass says when to continue. Any other has had its turn, and Lambda repeats errors. */
  private mayRun(environment: string, now: number): boolean {
    if (this.running.has(environment) || this.errors.has(environment)) return false;
    const result = this.results.get(environment);
    if (result === undefined) return true;
    return "until" in result && result.until !== undefined && instantOf(result.until) <= now;
  }

  private async renew(): Promise<void> {
    const { registry, clock } = this.world.ports;
    const { requestId } = this.world.invocation;
    const now = clock.now();
    this.hasPlace = await registry.takePlace(requestId, now, now + PLACE).catch(() => false);
  }

  private async leavePlace(): Promise<void> {
    this.hasPlace = false;
    // A place that is not released expires within a minute.
    await this.world.ports.registry.leavePlace(this.world.invocation.requestId).catch(() => undefined);
  }
}

/** Environments that need a pass now, the most overdue first. */
async function due({ ports: { registry, clock } }: World): Promise<string[]> {
  const now = clock.now();
  const read = await registry.getAll(await registry.listOpen(now + WARN_LEAD));
  return read
    .flatMap((one): RegistryRecord[] =>
      one.kind === "record" && needsPass(one.record, now) ? [one.record] : [],
    )
    .sort((a, b) => times(a).expiresAt - times(b).expiresAt)
    .map(({ environment }) => environment);
}

/** The errors of all environments but one, as one error; `undefined` if there are none. */
export function failures(errors: ReadonlyMap<string, unknown>, but?: string): Error | undefined {
  const said = [...errors].flatMap(([environment, error]) =>
    environment === but ? [] : [`${environment}: ${describeError(error)}`],
  );
  return said.length === 0 ? undefined : new Error(said.join("; "));
}
