import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { ServiceRole } from "./service-role";

export interface SchedulerRoleProps {
  readonly names: Names;
  /** ARNs that schedules may invoke, exactly as the schedules name them (function or alias). At least one. */
  readonly functionArns: readonly string[];
  /** SQS queues for invocations that failed for good. @default none */
  readonly deadLetterQueueArns?: readonly string[];
}

/**
 * The role with which EventBridge Scheduler invokes its targets.
 *
 * Scheduler sends the schedule *group* as `aws:SourceArn`, never the schedule:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 * The tick is in the default group and environments' schedules are in one of their own: the role trusts every group of
 * this account and region.
 */
export class SchedulerRole extends ServiceRole {
  constructor(scope: Construct, id: string, props: SchedulerRoleProps) {
    const { names, functionArns, deadLetterQueueArns = [] } = props;
    super(scope, id, {
      ...props,
      purpose: "scheduler",
      description: "Lets schedules invoke their targets",
      service: "scheduler.amazonaws.com",
      sourceArn: names.arn("scheduler", "schedule-group/*"),
      policies: {
        "invoke-targets": [
          {
            sid: "InvokeFunctions",
            actions: ["lambda:InvokeFunction"],
            resources: functionArns,
          },
          ...(deadLetterQueueArns.length === 0
            ? []
            : [{ sid: "KeepFailed", actions: ["sqs:SendMessage"], resources: deadLetterQueueArns }]),
        ],
      },
    });
  }
}
