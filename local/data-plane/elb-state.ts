import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type Rule,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { HealthCheck } from "./health";

export interface ListenerState {
  readonly listener: Listener;
  readonly rules: readonly Rule[];
}

export interface LoadBalancerState {
  readonly arn: string;
  /** Seconds without a byte from the target after which the request is answered with 504. */
  readonly idleTimeoutSeconds: number;
  /** By port. */
  readonly listeners: readonly ListenerState[];
}

export interface TargetGroupState {
  readonly check: HealthCheck;
  /** Seconds that requests in flight have when a target goes. */
  readonly deregistrationDelaySeconds: number;
}

export interface ElbState {
  readonly loadBalancers: ReadonlyMap<string, LoadBalancerState>;
  readonly targetGroups: ReadonlyMap<string, TargetGroupState>;
}

const NOTHING: ElbState = { loadBalancers: new Map(), targetGroups: new Map() };

/** What is deployed, as moto keeps it; read again after a change, and only when someone asks. */
export class ElbReader {
  private reading: Promise<ElbState> | undefined;

  constructor(private readonly client: Pick<ElasticLoadBalancingV2Client, "send">) {}

  /** Something was changed: the next one who asks has it read again. */
  changed(): void {
    this.reading = undefined;
  }

  current(): Promise<ElbState> {
    return (this.reading ??= this.read().catch(() => {
      this.reading = undefined; // something was deleted while it was read
      return NOTHING;
    }));
  }

  private async read(): Promise<ElbState> {
    const [{ LoadBalancers = [] }, { TargetGroups = [] }] = await Promise.all([
      this.client.send(new DescribeLoadBalancersCommand({})),
      this.client.send(new DescribeTargetGroupsCommand({})),
    ]);
    const [loadBalancers, targetGroups] = await Promise.all([
      Promise.all(LoadBalancers.map(({ LoadBalancerArn }) => this.loadBalancer(LoadBalancerArn!))),
      Promise.all(TargetGroups.map((group) => this.targetGroup(group))),
    ]);
    return {
      loadBalancers: new Map(loadBalancers.map((one) => [one.arn, one])),
      targetGroups: new Map(targetGroups),
    };
  }

  private async loadBalancer(arn: string): Promise<LoadBalancerState> {
    const [{ Listeners = [] }, { Attributes = [] }] = await Promise.all([
      this.client.send(new DescribeListenersCommand({ LoadBalancerArn: arn })),
      this.client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn })),
    ]);
    const listeners = await Promise.all(
      Listeners.map(async (listener) => {
        const { Rules = [] } = await this.client.send(
          new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }),
        );
        return { listener, rules: Rules };
      }),
    );
    return {
      arn,
      idleTimeoutSeconds: numberOf(Attributes, "idle_timeout.timeout_seconds") ?? 60,
      listeners: listeners.sort((a, b) => a.listener.Port! - b.listener.Port!),
    };
  }

  private async targetGroup(group: TargetGroup): Promise<[string, TargetGroupState]> {
    const arn = group.TargetGroupArn!;
    const { Attributes = [] } = await this.client.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }),
    );
    const check: HealthCheck = {
      path: group.HealthCheckPath ?? "/",
      matcher: group.Matcher?.HttpCode ?? "200",
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: group.HealthyThresholdCount ?? 5,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    };
    const delay = numberOf(Attributes, "deregistration_delay.timeout_seconds") ?? 300;
    return [arn, { check, deregistrationDelaySeconds: delay }];
  }
}

function numberOf(attributes: readonly { Key?: string; Value?: string }[], name: string): number | undefined {
  const value = attributes.find(({ Key }) => Key === name)?.Value;
  return value === undefined ? undefined : Number(value);
}
