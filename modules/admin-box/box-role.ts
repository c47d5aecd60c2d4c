import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { AdminNames } from "../../contract/admin-box";
import { ServiceRole } from "../iam/service-role";

export interface BoxRoleProps {
  readonly names: AdminNames;
}

/**
 * The role of the boxes: they talk to Session Manager and write the log of their sessions. They may not call EC2, not
 * even to terminate themselves: a shutdown does it.
 */
export class BoxRole extends Construct {
  /** ARN of the role (a token). */
  public readonly roleArn: string;
  /** ARN of the instance profile (a token). */
  public readonly instanceProfileArn: string;
  /** The profile, and the policies of its role. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { names }: BoxRoleProps) {
    super(scope, id);
    const log = `log-group:${names.sessionLogGroup}`;
    const role = new ServiceRole(this, "role", {
      names: names.names,
      purpose: "box",
      description: "Lets admin boxes reach Session Manager",
      service: "ec2.amazonaws.com",
      sourceArn: names.names.arn("ec2", "instance/*"),
      // EC2 does not say on whose behalf it hands out credentials.
      sourceCheck: "ifSent",
      policies: {
        "session-manager": [
          {
            sid: "OpenChannels",
            actions: [
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
            ],
            resources: ["*"],
          },
          {
            sid: "SayThatItRuns",
            actions: ["ssm:UpdateInstanceInformation"],
            resources: [names.names.arn("ec2", "instance/*")],
          },
          {
            sid: "WriteSessionLog",
            actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources: [names.names.arn("logs", log), names.names.arn("logs", `${log}:*`)],
          },
          {
            // The agent looks whether the log group is encrypted before it writes there.
            sid: "FindSessionLog",
            actions: ["logs:DescribeLogGroups"],
            resources: [names.names.arn("logs", "log-group:*")],
          },
        ],
      },
    });
    const profile = new IamInstanceProfile(this, "instance-profile", {
      name: names.instanceRole,
      role: role.roleName,
      tags: { Name: names.instanceRole },
    });
    this.roleArn = role.roleArn;
    this.instanceProfileArn = profile.arn;
    this.ready = [profile, ...role.ready];
  }
}
