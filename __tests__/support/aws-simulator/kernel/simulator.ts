import { ratesOf } from "../../../../cleanup/aws/rates";
import { clientOf } from "../services/names";
import { DURATIONS } from "../world/after";
import type { Entity } from "../world/entity";
import type { World } from "../world/world";
import type { Call, Need, Operations, Principal } from "./call";
import type { VirtualClock } from "./clock";
import { accessDenied, AwsError, SimulatorGap, throttleError } from "./errors";
import { NO_FAULTS, TokenBucket, type Faults, type Process } from "./faults";
import type { Duration, Random } from "./random";

export interface LoggedCall {
  readonly at: number;
  readonly principal: string;
  readonly service: string;
  readonly command: string;
  readonly input: unknown;
  /** `ok` or the name of the error. */
  readonly outcome: string;
  readonly message?: string;
  readonly needs: readonly Need[];
}

/** True when the policies of the principal allow what a call needs. */
export type Authorize = (principal: Principal, need: Need) => boolean;

export interface SimulatorProps {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly services: Readonly<Record<string, Operations>>;
  readonly faults?: Faults;
  readonly authorize?: Authorize;
  /** @default the rates of `cleanup/aws/rates.ts` */
  readonly rateLimits?: boolean;
}

interface Sent {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

/** A client of one service, as far as `send` goes. */
export interface SimulatedClient {
  send(command: unknown, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** Assumed time of one call over the network. */
export const LATENCY: Duration = { median: 60, p95: 250, atMost: 3_000 };

const ATTEMPTS = 8;

/** Every call of every process goes through here: time, faults, rights, effect, log. */
export class Simulator {
  public readonly world: World;
  public readonly clock: VirtualClock;
  public readonly random: Random;
  public readonly log: LoggedCall[] = [];
  /** Commands without a simulation; a test that leaves any here proves nothing. */
  public readonly gaps: string[] = [];
  public faults: Faults;
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly props: SimulatorProps) {
    this.world = props.world;
    this.clock = props.clock;
    this.random = props.random;
    this.faults = props.faults ?? NO_FAULTS;
    for (const store of this.world.stores) store.onDelete = (item) => this.haunt(item);
  }

  /** The tag index goes on listing what is deleted. */
  private haunt(item: Entity): void {
    if (Object.keys(item.tags).length === 0) return;
    const { tagGhosts } = this.world;
    const ghost = { arn: item.arn, tags: { ...item.tags } };
    tagGhosts.push(ghost);
    this.clock.at(this.clock.now() + this.random.duration(DURATIONS.tagIndex), () => {
      tagGhosts.splice(tagGhosts.indexOf(ghost), 1);
    });
  }

  /** A client that belongs to a process and acts for a principal. Retries as the SDK's standard mode does. */
  public client(service: string, process: Process, principal: Principal): SimulatedClient {
    return {
      send: async (command, options) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await this.attempt(service, command as Sent, process, principal, options?.abortSignal);
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            error.$metadata.attempts = attempt;
            if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
            const base = error.$retryable?.throttling ? 500 : 100;
            const delay = Math.min(20_000, base * 2 ** (attempt - 1)) * this.random.next();
            await this.clock.sleep(delay, options?.abortSignal);
          }
        }
      },
    };
  }

  private async attempt(
    service: string,
    command: Sent,
    process: Process,
    principal: Principal,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    if (!process.alive) return never();
    const number = process.calls++;
    const crashes = process.crash?.call === number;
    if (crashes && process.crash?.when === "before") {
      process.die();
      return never();
    }
    await this.clock.sleep(this.random.duration(LATENCY) / 2, signal);
    if (!process.alive) return never();
    const answer = this.effect(service, command, principal);
    if (crashes) {
      process.die();
      return never();
    }
    await this.clock.sleep(this.random.duration(LATENCY) / 2, signal);
    if (!process.alive) return never();
    if ("error" in answer) throw answer.error;
    if (this.random.chance(this.faults.lostAnswer)) {
      throw new AwsError("TimeoutError", "The answer did not come in time.", 0);
    }
    return { ...answer.output, $metadata: { httpStatusCode: 200, requestId: "simulated", attempts: 1 } };
  }

  /** What happens inside AWS, in one instant. */
  private effect(
    service: string,
    command: Sent,
    principal: Principal,
  ): { readonly output: object } | { readonly error: unknown } {
    const name = command.constructor.name.replace(/Command$/, "");
    let needs: readonly Need[] = [];
    const record = (outcome: string, message?: string) =>
      this.log.push({
        at: this.clock.now(),
        principal: principal.arn,
        service,
        command: name,
        input: command.input,
        outcome,
        message,
        needs,
      });
    try {
      const operation = this.props.services[service]?.[name];
      if (!operation) {
        this.gaps.push(`${service} ${name}`);
        throw new SimulatorGap(`${service} ${name} is not simulated`);
      }
      this.disturb(service, name);
      needs = operation.needs(command.input, this.world);
      for (const need of needs) {
        if (this.props.authorize && !this.props.authorize(principal, need)) {
          throw accessDenied(service, principal.arn, need.action, need.resource);
        }
      }
      const output = operation.run(command.input, this.callOf(principal));
      record("ok");
      return { output };
    } catch (error) {
      if (error instanceof SimulatorGap && !this.gaps.includes(error.message)) this.gaps.push(error.message);
      record(
        error instanceof Error ? error.name : "unknown",
        error instanceof Error ? error.message : undefined,
      );
      return { error };
    }
  }

  private callOf(principal: Principal): Call {
    const { world, clock, random } = this;
    return { world, clock, random, principal, now: clock.now(), partialFailure: this.faults.partialFailure };
  }

  private disturb(service: string, command: string): void {
    if (this.random.chance(this.faults.throttle)) throw throttleError(service);
    if (this.random.chance(this.faults.serverError)) {
      throw new AwsError("InternalError", "An internal error has occurred", 500);
    }
    if (this.props.rateLimits === false) return;
    const now = this.clock.now();
    const buckets = ratesOf(clientOf(service), command).map(({ key, atOnce, perSecond }) => {
      const bucket = this.buckets.get(key) ?? new TokenBucket(atOnce, perSecond, now);
      this.buckets.set(key, bucket);
      return bucket;
    });
    if (!buckets.every((bucket) => bucket.take(now))) throw throttleError(service);
  }
}

function isRetryable(error: AwsError): boolean {
  return error.$retryable !== undefined || error.$fault === "server" || error.name === "TimeoutError";
}

/** A dead process waits for ever. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
