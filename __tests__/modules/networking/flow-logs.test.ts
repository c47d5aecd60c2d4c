import { FlowLogs } from "../../../modules/networking/flow-logs";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

describe("flow logs", () => {
  let logGroupName = "";
  const template = Template.of((stack) => {
    logGroupName = new FlowLogs(stack, "flow-logs", { names, vpcId: "vpc-1", retentionDays: 14 })
      .logGroupName;
  });
  const [roleId] = Object.keys(template.byId("aws_iam_role"));
  const [policyId] = Object.keys(template.byId("aws_iam_role_policy"));
  const [groupId] = Object.keys(template.byId("aws_cloudwatch_log_group"));

  it("records all traffic of the VPC, after the role has its policy", () => {
    expect(template.sole("aws_flow_log")).toMatchObject({
      vpc_id: "vpc-1",
      traffic_type: "ALL",
      log_destination_type: "cloud-watch-logs",
      log_destination: `\${aws_cloudwatch_log_group.${groupId}.arn}`,
      iam_role_arn: `\${aws_iam_role.${roleId}.arn}`,
      depends_on: [`aws_iam_role_policy.${policyId}`],
      tags: { Name: "automock-test-vpc" },
    });
    // Deprecated in provider 5 and removed in provider 6.
    expect(template.sole("aws_flow_log")).not.toHaveProperty("log_group_name");
  });

  it("sets the given retention", () => {
    expect(template.sole("aws_cloudwatch_log_group")).toMatchObject({
      name: "/automock-test/vpc-flow-logs",
      retention_in_days: 14,
    });
    expect(logGroupName).toBe("/automock-test/vpc-flow-logs");
  });

  it("only flow logs of this account and region can use the role", () => {
    const role = template.sole("aws_iam_role");
    expect(role.name).toBe("automock-test-vpc-flow-logs");
    expect(JSON.parse(role.assume_role_policy).Statement).toEqual([
      {
        Sid: "FlowLogsOfThisAccount",
        Effect: "Allow",
        Principal: { Service: ["vpc-flow-logs.amazonaws.com"] },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: { "aws:SourceAccount": ["111122223333"] },
          ArnLike: { "aws:SourceArn": ["arn:aws:ec2:us-east-1:111122223333:vpc-flow-log/*"] },
        },
      },
    ]);
  });

  it("the role can write to this log group and cannot create one", () => {
    const policy = template.sole("aws_iam_role_policy");
    expect(policy.role).toBe(`\${aws_iam_role.${roleId}.name}`);
    expect(JSON.parse(policy.policy).Statement).toEqual([
      {
        Sid: "WriteToTheLogGroup",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: [
          "arn:aws:logs:us-east-1:111122223333:log-group:/automock-test/vpc-flow-logs",
          "arn:aws:logs:us-east-1:111122223333:log-group:/automock-test/vpc-flow-logs:*",
        ],
      },
    ]);
  });
});
