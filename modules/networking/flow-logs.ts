import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog, type FlowLogConfig } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole, type IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { policyDocument } from "../shared/policy-document";

export interface FlowLogsProps {
  readonly names: Names;
  readonly vpcId: string;
  /** Retention in days; a value that CloudWatch Logs supports, for example 30. */
  readonly retentionDays: number;
}

/**
 * Flow logs for all accepted and rejected traffic of a VPC, in a CloudWatch log group.
 *
 * The role can write to this log group only. It cannot create log groups, so records that arrive late do not
 * recreate a destroyed group.
 *
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 * Cost: vended log ingestion, $0.50 per GB for the first 10 TB per month in us-east-1
 * (https://aws.amazon.com/cloudwatch/pricing/).
 */
export class FlowLogs extends Construct {
  /** Name of the log group, known at synth. */
  public readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const { names, vpcId, retentionDays } = props;
    this.logGroupName = names.logGroup("vpc-flow-logs");
    const roleName = names.name("role", "vpc-flow-logs");
    const flowLogName = names.name("flowLog", "vpc");

    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: this.logGroupName,
      retentionInDays: retentionDays,
      tags: { Name: this.logGroupName },
    });

    const roleConfig: IamRoleConfig = {
      name: roleName,
      description: "Writes the flow logs of the VPC",
      assumeRolePolicy: policyDocument([
        {
          sid: "FlowLogsOfThisAccount",
          principals: { Service: ["vpc-flow-logs.amazonaws.com"] },
          actions: ["sts:AssumeRole"],
          // Confused deputy: a flow log in another account must not be able to use this role.
          conditions: {
            StringEquals: { "aws:SourceAccount": [names.accountId] },
            ArnLike: { "aws:SourceArn": [names.arn("ec2", "vpc-flow-log/*")] },
          },
        },
      ]),
      tags: { Name: roleName },
    };
    const role = new IamRole(this, "role", roleConfig);
    const logGroupArn = names.arn("logs", `log-group:${this.logGroupName}`);
    const policy = new IamRolePolicy(this, "role-policy", {
      name: "write-flow-logs",
      role: role.name,
      policy: policyDocument([
        {
          sid: "WriteToTheLogGroup",
          actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          // The second ARN covers the log streams.
          resources: [logGroupArn, `${logGroupArn}:*`],
        },
      ]),
    });

    const flowLogConfig: FlowLogConfig = {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      tags: { Name: flowLogName },
      dependsOn: [policy],
    };
    new FlowLog(this, "flow-log", flowLogConfig);
  }
}
