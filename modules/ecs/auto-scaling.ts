import {
  AppautoscalingPolicy,
  type AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment as StepAdjustment,
} from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { ScalingStep } from "../../contract/scaling";
import type { FargateService } from "./fargate-service";
import { filledDatapoints } from "../shared/silence";
import { refuseFaults } from "../shared/faults";
import type { OfficeHours } from "../shared/office-hours";
import { OfficeHoursSchedule } from "./office-hours";
import {
  busiestTargetGroupQueries,
  PERIOD_SECONDS,
  scaleInQueries,
  type ScaleInLevels,
  type ScaleInMetrics,
} from "./scale-in-guard";
import { resolveScaling, scalingFaults, type Scaling } from "./scaling";
import { stepScaling } from "./step-scaling";

export interface AutoScalingProps extends Scaling {
  readonly names: Names;
  /** Service to scale; its `minTasks` is the lower bound. */
  readonly service: FargateService;
  /** Middle part of the names, for example `mockserver`. */
  readonly purpose: string;
  /**
   * Hours during which tasks run. Terraform then ignores the target's minimum and maximum, so a change takes effect at
   * the next start.
   *
   * @default always
   */
  readonly officeHours?: OfficeHours;
}

const SIGNAL_TEXT = {
  cpu: "CPU in percent",
  memory: "memory in percent",
  requests: "requests per minute and target",
} as const;

type Signal = keyof typeof SIGNAL_TEXT;

const COOLDOWN_OUT_SECONDS = 60;
const COOLDOWN_IN_SECONDS = 300;

/** Change in percent of the running tasks. */
const SCALE_IN_CHANGE_PERCENT = -25;

/**
 * Step scaling of a service. CPU, memory and requests per target each have an alarm and a policy that add tasks; if
 * several apply, AWS uses the largest change. One alarm over all three removes tasks.
 *
 * Tasks are added after 2 minutes above a threshold, at most once per minute. A quarter of the tasks is removed after 5
 * quiet minutes, at most every 5 minutes. An alarm costs about $0.10 per metric and month.
 *
 * @throws Error with all faults of the numbers
 */
export class AutoScaling extends Construct {
  /** Names of the alarms. They only scale; their `ALARM` state is not an incident. */
  public readonly alarmNames: readonly string[];

  private readonly metrics: ScaleInMetrics;
  private readonly target: AppautoscalingTarget;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AutoScalingProps,
  ) {
    super(scope, id);
    const { service } = props;
    const scaling = resolveScaling(props);
    refuseFaults("scaling", scalingFaults(scaling, service.minTasks));

    this.metrics = {
      clusterName: service.clusterName,
      serviceName: service.serviceName,
      loadBalancer: service.loadBalancer.arnSuffix,
      targetGroups: service.targetGroups.map(({ arnSuffix }) => arnSuffix),
    };
    this.target = new AppautoscalingTarget(this, "target", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${service.clusterName}/${service.serviceName}`,
      minCapacity: service.minTasks,
      maxCapacity: scaling.maxTasks,
      ...(props.officeHours && { lifecycle: { ignoreChanges: ["min_capacity", "max_capacity"] } }),
    });
    if (props.officeHours)
      new OfficeHoursSchedule(this, "office-hours", {
        names: props.names,
        purpose: props.purpose,
        hours: props.officeHours,
        target: this.target,
        minTasks: service.minTasks,
        maxTasks: scaling.maxTasks,
      });
    this.alarmNames = [
      this.scaleOut("cpu", scaling.cpuSteps),
      this.scaleOut("memory", scaling.memorySteps),
      ...(scaling.requestSteps === "none" ? [] : [this.scaleOut("requests", scaling.requestSteps)]),
      this.scaleIn(scaling.scaleIn),
    ];
  }

  private scaleOut(signal: Signal, steps: readonly ScalingStep[]): string {
    const { threshold, adjustments } = stepScaling(steps);
    return this.scaling(`${signal}-out`, COOLDOWN_OUT_SECONDS, adjustments, {
      alarmDescription: `Adds tasks: ${SIGNAL_TEXT[signal]} at least ${threshold}`,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold,
      // CPU and memory have data as long as there are tasks; requests only while there are callers.
      ...(signal === "requests"
        ? filledDatapoints({ alarm: 2, of: 2 }, PERIOD_SECONDS)
        : { evaluationPeriods: 2, datapointsToAlarm: 2 }),
      ...this.signalMetric(signal),
    });
  }

  private scaleIn(levels: ScaleInLevels): string {
    const { cpuPercent, memoryPercent, requests } = levels;
    const adjustments = [{ metricIntervalUpperBound: "0", scalingAdjustment: SCALE_IN_CHANGE_PERCENT }];
    return this.scaling("in", COOLDOWN_IN_SECONDS, adjustments, {
      alarmDescription:
        requests === undefined
          ? `Removes tasks: CPU below ${cpuPercent} % and memory below ${memoryPercent} %`
          : `Removes tasks: CPU below ${cpuPercent} %, memory below ${memoryPercent} % and requests per minute and target below ${requests}`,
      comparisonOperator: "LessThanThreshold",
      threshold: cpuPercent,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      metricQuery: [...scaleInQueries(this.metrics, levels)],
    });
  }

  /** Creates a policy and its alarm, and returns the alarm's name. */
  private scaling(
    key: string,
    cooldown: number,
    stepAdjustment: readonly StepAdjustment[],
    trigger: Omit<CloudwatchMetricAlarmConfig, "alarmName">,
  ): string {
    const { names, purpose } = this.props;
    const scope = new Construct(this, key);
    const policy = new AppautoscalingPolicy(scope, "policy", {
      name: names.name("scalingPolicy", `${purpose}-${key}`),
      policyType: "StepScaling",
      serviceNamespace: this.target.serviceNamespace,
      scalableDimension: this.target.scalableDimension,
      resourceId: this.target.resourceId,
      stepScalingPolicyConfiguration: {
        adjustmentType: "PercentChangeInCapacity",
        metricAggregationType: "Average",
        cooldown,
        minAdjustmentMagnitude: 1,
        stepAdjustment: [...stepAdjustment],
      },
    });
    const alarmName = names.name("alarm", `${purpose}-scale-${key}`);
    new CloudwatchMetricAlarm(scope, "alarm", {
      ...trigger,
      alarmName,
      alarmActions: [policy.arn],
      // Do not scale without data.
      treatMissingData: "notBreaching",
      tags: { Name: alarmName },
    });
    return alarmName;
  }

  private signalMetric(signal: Signal): Partial<CloudwatchMetricAlarmConfig> {
    const { clusterName, serviceName } = this.metrics;
    if (signal !== "requests")
      return {
        namespace: "AWS/ECS",
        metricName: signal === "cpu" ? "CPUUtilization" : "MemoryUtilization",
        dimensions: { ClusterName: clusterName, ServiceName: serviceName },
        statistic: "Average",
        period: PERIOD_SECONDS,
      };
    return { metricQuery: [...busiestTargetGroupQueries(this.metrics)] };
  }
}
