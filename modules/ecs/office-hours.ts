import { AppautoscalingScheduledAction } from "@cdktf/provider-aws/lib/appautoscaling-scheduled-action";
import type { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { OfficeHours } from "../shared/office-hours";
import { refuseFaults, wholeNumberFaults } from "../shared/faults";

export interface OfficeHoursScheduleProps {
  readonly names: Names;
  /** Middle part of the names, for example `api`. */
  readonly purpose: string;
  readonly hours: OfficeHours;
  /** Scalable target whose bounds the schedule changes. */
  readonly target: AppautoscalingTarget;
  readonly minTasks: number;
  readonly maxTasks: number;
}

/**
 * Two scheduled actions from Monday to Friday. One sets the bounds of a service to its minimum and maximum in
 * the morning. The other sets both to zero in the evening, which stops the tasks and prevents alarms from
 * starting new ones. No tasks run on weekends.
 *
 * Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
 *
 * @throws Error listing every fault of the hours
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
