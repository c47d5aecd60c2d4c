import type { Metric } from "@aws-sdk/client-cloudwatch";
import type { AlarmStates } from "./alarm-states";

const MINUTE_MILLISECONDS = 60_000;
/** CloudWatch looks every minute; many events become one look here, too. */
const LOOK_MILLISECONDS = 1_000;

export type ServerErrors = "HTTPCode_ELB_5XX_Count" | "HTTPCode_Target_5XX_Count";

/** Sets the alarms on unhealthy targets and on server errors of load balancers. */
export class LoadBalancerAlarms {
  /** When there were server errors, by ARN of the load balancer. */
  private readonly errors = new Map<string, number[]>();
  /** The highest value since the last look, by metric and ARN. */
  private readonly values = new Map<string, number>();

  constructor(private readonly states: Pick<AlarmStates, "see">) {}

  /** Targets of a group fail their health checks. */
  unhealthy(targetGroupArn: string, count: number): void {
    this.record("UnHealthyHostCount", { Name: "TargetGroup", arn: targetGroupArn }, count);
  }

  /** A load balancer has answered with 5xx. */
  serverError(loadBalancerArn: string, metricName: ServerErrors): void {
    const now = Date.now();
    const before = this.errors.get(loadBalancerArn) ?? [];
    const errors = [...before.filter((at) => at > now - MINUTE_MILLISECONDS), now];
    this.errors.set(loadBalancerArn, errors);
    this.record(metricName, { Name: "LoadBalancer", arn: loadBalancerArn }, errors.length);
  }

  private record(metricName: string, of: { readonly Name: string; readonly arn: string }, value: number) {
    const key = `${metricName} ${of.arn}`;
    const before = this.values.get(key);
    this.values.set(key, Math.max(before ?? 0, value));
    if (before !== undefined) return;
    setTimeout(() => {
      const highest = this.values.get(key)!;
      this.values.delete(key);
      // The local AWS may stop meanwhile.
      this.states.see(isOf(metricName, of), highest, highest.toFixed(1)).catch(() => undefined);
    }, LOOK_MILLISECONDS).unref();
  }
}

/** A dimension has the end of the ARN: `app/…` or `targetgroup/…`. */
function isOf(metricName: string, { Name, arn }: { readonly Name: string; readonly arn: string }) {
  const value = arn.replace(/^.*?:(?:loadbalancer\/)?(?=(?:app|targetgroup)\/)/, "");
  return ({ Namespace, MetricName, Dimensions = [] }: Metric): boolean =>
    Namespace === "AWS/ApplicationELB" &&
    MetricName === metricName &&
    Dimensions.some((one) => one.Name === Name && one.Value === value);
}
