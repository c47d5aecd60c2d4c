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
  /** Days CloudWatch keeps the records; one of the periods that CloudWatch Logs knows, for example 30. */
  readonly retentionDays: number;
}

/**
 * Records of all accepted and refused flows of a VPC in a CloudWatch log group, and the role that writes
 * them. Costs: vended log ingestion, $0.50 per GB for the first 10 TB a month in us-east-1
 * (https://aws.amazon.com/cloudwatch/pricing/).
 *
 * The role may write to this one log group and nothing else. It may not make a log group, so records that
 * arrive late cannot bring a destroyed group back.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
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
          // Without them a flow log of another account could make the service use this role.
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
          // The second form covers the log streams of the group.
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
