/** Figures of a target group's health check. */
export interface HealthCheck {
  readonly path: string;
  /** HTTP codes that count as healthy: `200`, `200,204` or `200-299`. */
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Successes in a row that make an unhealthy target healthy. */
  readonly healthyThreshold: number;
  /** Failures in a row that make a target unhealthy. */
  readonly unhealthyThreshold: number;
}

export type HealthState = "initial" | "healthy" | "unhealthy";

/**
 * State of a target as a load balancer sees it. The data plane asks more often than the deployed interval says, so that
 * a start is seen at once. Failures keep the pace of AWS: one counts per interval, or a busy machine would lose tasks
 * that AWS would keep.
 */
export class Health {
  state: HealthState = "initial";
  private successes = 0;
  private failures = 0;
  private lastFailureAt = -Infinity;

  /** @param at milliseconds */
  record(passed: boolean, check: HealthCheck, at: number): void {
    if (passed) {
      this.failures = 0;
      this.lastFailureAt = -Infinity;
      this.successes++;
      // A new target has to pass one check; https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
      if (this.state === "initial" || this.successes >= check.healthyThreshold) this.state = "healthy";
      return;
    }
    this.successes = 0;
    if (at - this.lastFailureAt < check.intervalSeconds * 1000) return;
    this.lastFailureAt = at;
    this.failures++;
    if (this.failures >= check.unhealthyThreshold) this.state = "unhealthy";
  }
}

/** Whether an HTTP code is one of those that a health check takes for healthy. */
export function isHealthyCode(matcher: string, code: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = NaN, to = from] = part.split("-").map(Number);
    return code >= from && code <= to;
  });
}
