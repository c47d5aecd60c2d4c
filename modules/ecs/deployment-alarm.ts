import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { filled, filledDatapoints } from "../shared/silence";
import type { LoadBalancer } from "./load-balancer";

/** Low, because a load balancer without a healthy target answers every request with 503. */
const ERRORS_PER_MINUTE = 5;

export interface DeploymentAlarmProps {
  readonly names: Names;
  /** Load balancer in front of the service. */
  readonly loadBalancer: LoadBalancer;
}

/**
 * Alarm that rolls a deployment back. It counts the errors that the load balancer itself generates (502, 503,
 * 504) because a target was missing, closed the connection or did not respond. More than 5 per minute for two
 * minutes start the alarm. Errors from targets do not count, because a mock may return 500 on purpose.
 *
 * Metric: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 * Cost: about $0.10 per month.
 */
export class DeploymentAlarm extends Construct {
  /** Literal, known before the apply. */
  public readonly alarmName: string;
  /** The alarm, which must exist before a service refers to it. */
  public readonly ready: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, { names, loadBalancer }: DeploymentAlarmProps) {
    super(scope, id);
    this.alarmName = names.name("alarm", "deployment");
    this.ready = new CloudwatchMetricAlarm(this, "alarm", {
      alarmName: this.alarmName,
      alarmDescription: `Rolls a deployment back: the load balancer answered more than ${ERRORS_PER_MINUTE} requests a minute with an error of its own`,
      metricQuery: [
        { id: "filled", expression: filled("errors"), label: "Errors per minute", returnData: true },
        {
          id: "errors",
          returnData: false,
          metric: {
            namespace: "AWS/ApplicationELB",
            metricName: "HTTPCode_ELB_5XX_Count",
            dimensions: { LoadBalancer: loadBalancer.arnSuffix },
            stat: "Sum",
            period: 60,
          },
        },
      ],
      // Errors of two deployments half an hour apart must not count as two minutes in a row.
      ...filledDatapoints({ alarm: 2, of: 2 }, 60),
      comparisonOperator: "GreaterThanThreshold",
      threshold: ERRORS_PER_MINUTE,
      treatMissingData: "notBreaching",
      tags: { Name: this.alarmName },
    });
  }
}
