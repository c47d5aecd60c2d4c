import { get } from "node:http";
import type { ElbReader } from "./elb-state";
import type { LoadBalancerAlarms } from "./load-balancer-alarms";
import { Health, isHealthyCode, type HealthCheck } from "./health";

const PROBE_MILLISECONDS = 500;

/** A container of a task as a target group has it. */
export interface Target {
  readonly taskId: string;
  /** As its elastic network interface would have it; shown, not used. */
  readonly address: string;
  readonly containerPort: number;
  /** Port on 127.0.0.1 at which it really listens. */
  readonly hostPort: number;
}

export type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

/** A target and what the load balancer knows of it. */
export interface Registration {
  readonly target: Target;
  readonly health: Health;
  draining: boolean;
  /** Requests that it has not answered yet. */
  inFlight: number;
  probing: boolean;
  onIdle?: () => void;
}

/** Registers the tasks of services in target groups, and asks them how they are. */
export class TargetGroups {
  private readonly groups = new Map<string, Registration[]>();
  private readonly turn = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  /** @param onChange called when the health of a target has changed */
  constructor(
    private readonly elb: ElbReader,
    private readonly alarms: Pick<LoadBalancerAlarms, "unhealthy">,
    private readonly onChange: () => void,
  ) {
    this.timer = setInterval(() => void this.probeAll(), PROBE_MILLISECONDS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  register(group: string, target: Target): void {
    const registration = { target, health: new Health(), draining: false, inFlight: 0, probing: false };
    this.groups.set(group, [...(this.groups.get(group) ?? []), registration]);
  }

  /** Sends no more requests; resolves when none is in flight, at the latest after the deregistration delay. */
  async deregister(group: string, taskId: string): Promise<void> {
    const leaving = this.of(group).filter(({ target }) => target.taskId === taskId);
    const { targetGroups } = await this.elb.current();
    const delay = targetGroups.get(group)?.deregistrationDelaySeconds ?? 0;
    await Promise.all(leaving.map((registration) => drained(registration, delay)));
    this.forget(group, taskId);
  }

  /** Takes a target away at once, as when its task has ended. */
  forget(group: string, taskId: string): void {
    const left = this.of(group).filter(({ target }) => target.taskId !== taskId);
    if (left.length > 0) this.groups.set(group, left);
    else this.groups.delete(group);
  }

  of(group: string): readonly Registration[] {
    return this.groups.get(group) ?? [];
  }

  /** The state of a task in a group; `undefined` when it is not registered there. */
  stateOf(group: string, taskId: string): TargetState | undefined {
    const found = this.of(group).find(({ target }) => target.taskId === taskId);
    return found && targetState(found);
  }

  /** Whose turn it is: healthy ones one after the other; if there are none, those that are unhealthy, as on AWS. */
  next(group: string): Registration | undefined {
    const inState = (state: TargetState) => this.of(group).filter((one) => targetState(one) === state);
    const healthy = inState("healthy");
    const candidates = healthy.length > 0 ? healthy : inState("unhealthy");
    const turn = this.turn.get(group) ?? 0;
    this.turn.set(group, turn + 1);
    return candidates[turn % candidates.length];
  }

  private async probeAll(): Promise<void> {
    const { targetGroups } = await this.elb.current();
    for (const [arn, registrations] of this.groups) {
      const check = targetGroups.get(arn)?.check;
      if (!check) continue;
      const unhealthy = registrations.filter((one) => targetState(one) === "unhealthy").length;
      if (unhealthy > 0) this.alarms.unhealthy(arn, unhealthy);
      for (const one of registrations) void this.probe(one, check);
    }
  }

  private async probe(registration: Registration, check: HealthCheck): Promise<void> {
    if (registration.probing || registration.draining) return;
    registration.probing = true;
    const passed = await passes(registration.target.hostPort, check);
    registration.probing = false;
    const before = registration.health.state;
    registration.health.record(passed, check, Date.now());
    if (registration.health.state !== before) this.onChange();
  }
}

export function targetState({ draining, health }: Registration): TargetState {
  return draining ? "draining" : health.state;
}

function drained(registration: Registration, delaySeconds: number): Promise<void> {
  registration.draining = true;
  if (registration.inFlight === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delaySeconds * 1000);
    registration.onIdle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function passes(port: number, { path, matcher, timeoutSeconds }: HealthCheck): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { "user-agent": "ELB-HealthChecker/2.0", connection: "close" };
    const request = get({ host: "127.0.0.1", port, path, headers, timeout: timeoutSeconds * 1000 });
    request.on("response", (response) => {
      response.resume();
      resolve(isHealthyCode(matcher, response.statusCode!));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
