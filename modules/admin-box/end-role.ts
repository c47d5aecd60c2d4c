import type { Construct } from "constructs";
import { ADMIN_SYSTEM, type AdminNames } from "../../contract/admin-box";
import { TAG } from "../../contract/tags";
import { ServiceRole } from "../iam/service-role";

export interface EndRoleProps {
  readonly names: AdminNames;
  /** Name of the environment. */
  readonly environment: string;
}

/** The role with which a schedule terminates a box at its expiry. It can do nothing else, and to nothing else. */
export class EndRole extends ServiceRole {
  constructor(scope: Construct, id: string, { names, environment }: EndRoleProps) {
    super(scope, id, {
      names: names.names,
      purpose: "end",
      description: "Lets schedules terminate admin boxes",
      service: "scheduler.amazonaws.com",
      sourceArn: names.names.arn("scheduler", `schedule-group/${names.scheduleGroup}`),
      policies: {
        "terminate-boxes": [
          {
            sid: "TerminateBoxes",
            actions: ["ec2:TerminateInstances"],
            resources: [names.names.arn("ec2", "instance/*")],
            conditions: {
              StringEquals: {
                [`aws:ResourceTag/${TAG.system}`]: [ADMIN_SYSTEM],
                [`aws:ResourceTag/${TAG.environment}`]: [environment],
              },
            },
          },
        ],
      },
    });
  }
}
