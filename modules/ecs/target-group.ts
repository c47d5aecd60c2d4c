import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { refuseFaults, wholeNumberFaults } from "../shared/faults";

/** The load balancer's health check of a task. */
export interface HealthCheck {
  /** Path of a GET request, for example `/health`. */
  readonly path: string;
  /** HTTP status codes of a healthy task, for example `200` or `200-299`. @default "200" */
  readonly matcher?: string;
  /** Seconds between checks, 5 to 300. @default 15 */
  readonly intervalSeconds?: number;
  /** Seconds to wait for a response, 2 to 120, less than the interval. @default 5 */
  readonly timeoutSeconds?: number;
  /** Consecutive successes before a task receives requests, 2 to 10. @default 2 */
  readonly healthyThreshold?: number;
  /** Consecutive failures before a task is replaced, 2 to 10. @default 3 */
  readonly unhealthyThreshold?: number;
}

export interface TargetGroupProps {
  readonly names: Names;
  /** Service the targets belong to; part of the name's hash, so that two services never share a name. */
  readonly service: string;
  /** Which of the service's target groups. */
  readonly color: "blue" | "green";
  readonly vpcId: string;
  /** Network of that VPC (a literal); part of the name's hash, because its id is unknown before the apply. */
  readonly vpcCidr: string;
  /** Port of the container. */
  readonly port: number;
  readonly healthCheck: HealthCheck;
  /** Seconds for which a leaving task finishes its requests, 0 to 3600. */
  readonly deregistrationDelaySeconds: number;
}

/**
 * A target group of Fargate tasks (by IP address, HTTP). Its name ends in a hash of all properties that force
 * replacement (`ForceNew` in the provider's internal/service/elbv2/target_group.go). A replacement is created before the old one is deleted, because a target group in use by a listener rule
 * cannot be deleted.
 *
 * Source of the ranges: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 */
export class TargetGroup extends Construct {
  /** ARN (a token). */
  public readonly targetGroupArn: string;
  /** `targetgroup/<name>/<id>`, the `TargetGroup` dimension of its metrics (a token). */
  public readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const { names, port } = props;
    const check = {
      path: props.healthCheck.path,
      matcher: props.healthCheck.matcher ?? "200",
      intervalSeconds: props.healthCheck.intervalSeconds ?? 15,
      timeoutSeconds: props.healthCheck.timeoutSeconds ?? 5,
      healthyThreshold: props.healthCheck.healthyThreshold ?? 2,
      unhealthyThreshold: props.healthCheck.unhealthyThreshold ?? 3,
    };
    refuseFaults("target group", [
      ...wholeNumberFaults("port", port, 1, 65_535),
      ...wholeNumberFaults("deregistrationDelaySeconds", props.deregistrationDelaySeconds, 0, 3600),
      ...healthCheckFaults(check),
    ]);

    const fixed = { port, protocol: "HTTP", targetType: "ip", ipAddressType: "ipv4" } as const;
    const name = names.targetGroup(props.color, {
      ...fixed,
      service: props.service,
      vpcCidr: props.vpcCidr,
    });
    const targetGroup = new LbTargetGroup(this, "target-group", {
      ...fixed,
      name,
      vpcId: props.vpcId,
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: check.path,
        matcher: check.matcher,
        interval: check.intervalSeconds,
        timeout: check.timeoutSeconds,
        healthyThreshold: check.healthyThreshold,
        unhealthyThreshold: check.unhealthyThreshold,
      },
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
    this.targetGroupArn = targetGroup.arn;
    this.arnSuffix = targetGroup.arnSuffix;
  }
}

function healthCheckFaults(check: Required<HealthCheck>): readonly string[] {
  return [
    ...(check.path.startsWith("/")
      ? []
      : [`healthCheck.path is "${check.path}"; write an absolute path, for example "/health"`]),
    ...(/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(check.matcher)
      ? []
      : [`healthCheck.matcher is "${check.matcher}"; write status codes, for example "200" or "200-299"`]),
    ...wholeNumberFaults("healthCheck.intervalSeconds", check.intervalSeconds, 5, 300),
    ...wholeNumberFaults("healthCheck.timeoutSeconds", check.timeoutSeconds, 2, 120),
    ...wholeNumberFaults("healthCheck.healthyThreshold", check.healthyThreshold, 2, 10),
    ...wholeNumberFaults("healthCheck.unhealthyThreshold", check.unhealthyThreshold, 2, 10),
    ...(check.timeoutSeconds < check.intervalSeconds
      ? []
      : [
          `healthCheck.timeoutSeconds is ${check.timeoutSeconds}; it must be below intervalSeconds (${check.intervalSeconds})`,
        ]),
  ];
}
