import { describeError } from "../../../cleanup/engine/classify";
import { MINUTE, SECOND } from "../../../cleanup/engine/time";
import type { RegistryRecord } from "../../../contract/registry";
import { instantOf, times, WARN_LEAD } from "./clock";
import type { PassOptions, PassResult, World } from "./context";
import { needsPass } from "./due";
import { runPass } from "./pass";

/** Environments that one worker works on at the same time. */
const AT_ONCE = 250;

/** With less time than this left, no further pass begins. */
export const PASS_NEEDS = 4 * MINUTE;

/** The worker looks for what has become due, and renews its place, this often. */
const LOOK = 15 * SECOND;

/** A worker that has not renewed its place for this long is dead. */
const PLACE = 60 * SECOND;

/** What came of the passes, by environment. */
export interface Work {
  readonly results: ReadonlyMap<string, PassResult>;
  readonly errors: ReadonlyMap<string, unknown>;
}

/**
 * Runs a pass for everything that is due, all at the same time, and for what becomes due meanwhile. There is one worker
 * per account and region: it shares reads between environments and keeps to one budget of calls. The registry is its
 * queue, so nothing is lost when it dies.
 *
 * @param first passes that were asked for, whether the registry says that they are due or not
 * @returns `undefined` when another worker is alive: it sees the same registry
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
      // What becomes due while the place is given up found it taken: so there is one more look after that.
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

  /** Starts what is due and has not had its turn; how many that were. */
  private async startDue(): Promise<number> {
    const { clock } = this.world.ports;
    // What cannot be read now is read at the next look; another invocation comes for what is left then.
    const environments = await due(this.world).catch(() => []);
    const started = environments
      .filter((environment) => this.mayRun(environment, clock.now()))
      .slice(0, Math.max(0, AT_ONCE - this.running.size));
    for (const environment of started) this.start({ environment });
    return started.length;
  }

  /** A pass that has left something says when to come back; any other has had its turn, and Lambda repeats errors. */
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
    // A place that is not given up is over in a minute.
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

/** The errors of all but one environment, as one; `undefined` when there is none. */
export function failures(errors: ReadonlyMap<string, unknown>, but?: string): Error | undefined {
  const said = [...errors].flatMap(([environment, error]) =>
    environment === but ? [] : [`${environment}: ${describeError(error)}`],
  );
  return said.length === 0 ? undefined : new Error(said.join("; "));
}
