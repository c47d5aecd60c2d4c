import { AppautoscalingScheduledAction } from "@cdktf/provider-aws/lib/appautoscaling-scheduled-action";
import type { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { refuseFaults, wholeNumberFaults } from "../shared/faults";

/** Hours of Monday to Friday in which a service runs. */
export interface OfficeHours {
  /** IANA time zone, for example `Europe/Berlin`; daylight saving is AWS's work. */
  readonly timeZone: string;
  /** First hour, 0 to 23. */
  readonly startHour: number;
  /** Hour at which the tasks are stopped, 1 to 23, after `startHour`. */
  readonly endHour: number;
}

export interface OfficeHoursScheduleProps {
  readonly names: Names;
  /** Middle part of the names, for example `api`. */
  readonly purpose: string;
  readonly hours: OfficeHours;
  /** Scalable target whose bounds are moved. */
  readonly target: AppautoscalingTarget;
  readonly minTasks: number;
  readonly maxTasks: number;
}

/**
 * Two scheduled actions: one opens the bounds of a service on Monday to Friday, one sets both to zero in the
 * evening, which stops the tasks and keeps alarms from starting any. From Friday evening to Monday morning
 * nothing runs.
 *
 * Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
 *
 * @throws Error naming every fault of the hours
 */
export class OfficeHoursSchedule extends Construct {
  constructor(scope: Construct, id: string, props: OfficeHoursScheduleProps) {
    super(scope, id);
    const { names, purpose, hours, target, minTasks, maxTasks } = props;
    refuseFaults("officeHours", [
      ...wholeNumberFaults("startHour", hours.startHour, 0, 22),
      ...wholeNumberFaults("endHour", hours.endHour, hours.startHour + 1, 23),
    ]);
    const schedule = (key: string, hour: number, min: number, max: number) =>
      new AppautoscalingScheduledAction(this, key, {
        name: names.name("scalingPolicy", `${purpose}-${key}`),
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        timezone: hours.timeZone,
        schedule: `cron(0 ${hour} ? * MON-FRI *)`,
        scalableTargetAction: { minCapacity: String(min), maxCapacity: String(max) },
      });
    schedule("start", hours.startHour, minTasks, maxTasks);
    schedule("stop", hours.endHour, 0, 0);
  }
}
