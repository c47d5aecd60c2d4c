import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import {
  ADMIN_METRICS,
  ADMIN_SYSTEM,
  BOX_TAG,
  BOX_USER,
  SSH_PORT,
  type AdminNames,
} from "../../contract/admin-box";
import { TAG } from "../../contract/tags";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";

export interface LauncherPolicyProps {
  readonly names: AdminNames;
  /** Name of the environment. */
  readonly environment: string;
  readonly launchTemplateId: string;
  readonly securityGroupId: string;
  /** ARN of the role of the boxes. */
  readonly boxRoleArn: string;
  /** ARN of the role of their schedules. */
  readonly endRoleArn: string;
  /** Subnets of the boxes. @default any */
  readonly subnetIds?: readonly string[];
  /** ARN of the endpoint of EC2 Instance Connect. @default there is none */
  readonly connectEndpointArn?: string;
}

/**
 * What a person may do with `automock admin`: launch boxes from the template alone, and use, extend and end their own.
 * Whose a box is, its tag says, which AWS compares with who calls. Attach the policy to the people's permission set or
 * role.
 */
export class LauncherPolicy extends Construct {
  /** ARN (a token). */
  public readonly policyArn: string;

  constructor(scope: Construct, id: string, props: LauncherPolicyProps) {
    super(scope, id);
    const { launcherPolicy } = props.names;
    const policy = new IamPolicy(this, "policy", {
      name: launcherPolicy,
      description: "Launch admin boxes, and use, extend and end your own",
      policy: policyDocument([
        ...launchStatements(props),
        ...useStatements(props),
        ...connectStatements(props),
      ]),
      tags: { Name: launcherPolicy },
    });
    this.policyArn = policy.arn;
  }
}

/** Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
function launchStatements(props: LauncherPolicyProps): readonly PolicyStatement[] {
  const { names, launchTemplateId, securityGroupId, boxRoleArn, endRoleArn, subnetIds, environment } = props;
  const ec2 = (resource: string) => names.names.arn("ec2", resource);
  const template = ec2(`launch-template/${launchTemplateId}`);
  const fromTemplate = { ArnEquals: { "ec2:LaunchTemplate": [template] } };
  const mine = ownTags("aws:RequestTag", environment);
  const { partition, region } = names.names;
  return [
    {
      sid: "SeeBoxes",
      actions: ["ec2:DescribeInstances", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets"],
      resources: ["*"],
    },
    {
      sid: "SeeQuotas",
      actions: ["servicequotas:GetServiceQuota"],
      resources: [names.names.arn("servicequotas", "ec2/*")],
    },
    {
      // A fleet is tagged like its instance, so it belongs to someone too.
      sid: "AskForFleet",
      actions: ["ec2:CreateFleet"],
      resources: [ec2("fleet/*")],
      conditions: { StringEquals: mine },
    },
    {
      sid: "AskWithTemplate",
      actions: ["ec2:CreateFleet"],
      resources: [template],
    },
    {
      sid: "RunOwnBox",
      actions: ["ec2:RunInstances"],
      resources: [ec2("instance/*")],
      conditions: { ...fromTemplate, StringEquals: mine },
    },
    {
      sid: "RunFromTemplate",
      actions: ["ec2:RunInstances"],
      resources: [
        template,
        ec2("network-interface/*"),
        ec2("volume/*"),
        ec2(`security-group/${securityGroupId}`),
        ...(subnetIds ?? ["*"]).map((subnet) => ec2(`subnet/${subnet}`)),
      ],
      conditions: fromTemplate,
    },
    {
      // The template names the image; an image of Amazon's belongs to no account.
      sid: "RunAmazonLinux",
      actions: ["ec2:RunInstances"],
      resources: [`arn:${partition}:ec2:${region}::image/*`],
      conditions: { ...fromTemplate, StringEquals: { "ec2:Owner": ["amazon"] } },
    },
    {
      sid: "ReadImageId",
      actions: ["ssm:GetParameters"],
      resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/ami-amazon-linux-latest/*`],
    },
    {
      sid: "TagAtLaunch",
      actions: ["ec2:CreateTags"],
      resources: ["fleet", "instance", "network-interface", "volume"].map((kind) => ec2(`${kind}/*`)),
      conditions: { StringEquals: { "ec2:CreateAction": ["CreateFleet", "RunInstances"] } },
    },
    {
      sid: "PassBoxRole",
      actions: ["iam:PassRole"],
      resources: [boxRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com"] } },
    },
    {
      sid: "PassEndRole",
      actions: ["iam:PassRole"],
      resources: [endRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["scheduler.amazonaws.com"] } },
    },
    {
      sid: "FirstSpotAndFleet",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [names.names.iamArn("role/aws-service-role/*")],
      conditions: {
        StringEquals: { "iam:AWSServiceName": ["ec2fleet.amazonaws.com", "spot.amazonaws.com"] },
      },
    },
  ];
}

/** What marks a box as one's own. */
function ownTags(prefix: string, environment: string): Readonly<Record<string, readonly string[]>> {
  return {
    [`${prefix}/${TAG.system}`]: [ADMIN_SYSTEM],
    [`${prefix}/${TAG.environment}`]: [environment],
    [`${prefix}/${BOX_TAG.launchedBy}`]: ["${aws:userid}"],
  };
}

/**
 * A tunnel leads to any address, but only own boxes take a key.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2instanceconnect.html
 */
function connectStatements({
  names,
  environment,
  connectEndpointArn,
}: LauncherPolicyProps): readonly PolicyStatement[] {
  if (connectEndpointArn === undefined) return [];
  return [
    { sid: "SeeEndpoint", actions: ["ec2:DescribeInstanceConnectEndpoints"], resources: ["*"] },
    {
      sid: "OpenSshTunnel",
      actions: ["ec2-instance-connect:OpenTunnel"],
      resources: [connectEndpointArn],
      conditions: { NumericEquals: { "ec2-instance-connect:remotePort": [String(SSH_PORT)] } },
    },
    {
      sid: "SendKeyToOwnBox",
      actions: ["ec2-instance-connect:SendSSHPublicKey"],
      resources: [names.names.arn("ec2", "instance/*")],
      conditions: {
        StringEquals: { ...ownTags("aws:ResourceTag", environment), "ec2:osuser": [BOX_USER] },
      },
    },
  ];
}

function useStatements({ names, environment }: LauncherPolicyProps): readonly PolicyStatement[] {
  const instances = [names.names.arn("ec2", "instance/*")];
  const { partition, region } = names.names;
  const under = (prefix: string) => ownTags(prefix, environment);
  return [
    {
      sid: "KeepOwnBoxAlive",
      actions: ["ec2:CreateTags"],
      resources: instances,
      conditions: {
        StringEquals: under("aws:ResourceTag"),
        "ForAllValues:StringEquals": { "aws:TagKeys": [BOX_TAG.aliveUntil, BOX_TAG.expiresAt] },
        Null: { "aws:TagKeys": ["false"] },
      },
    },
    {
      sid: "EndOwnBox",
      actions: ["ec2:TerminateInstances"],
      resources: instances,
      conditions: { StringEquals: under("aws:ResourceTag") },
    },
    {
      sid: "ConnectToOwnBox",
      actions: ["ssm:StartSession"],
      resources: instances,
      conditions: { StringEquals: under("ssm:resourceTag") },
    },
    {
      sid: "ConnectInTheseWays",
      actions: ["ssm:StartSession"],
      resources: [
        names.names.arn("ssm", `document/${names.shellDocument}`),
        names.names.arn("ssm", `document/${names.commandDocument}`),
        `arn:${partition}:ssm:${region}::document/AWS-StartPortForwardingSessionToRemoteHost`,
      ],
    },
    {
      sid: "KeepOwnSessions",
      actions: ["ssm:ResumeSession", "ssm:TerminateSession"],
      resources: [names.names.arn("ssm", "session/${aws:userid}-*")],
    },
    {
      sid: "ScheduleEnds",
      actions: [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
      resources: [names.names.arn("scheduler", `schedule/${names.scheduleGroup}/*`)],
    },
    {
      sid: "ReadAudit",
      actions: ["cloudtrail:LookupEvents"],
      resources: ["*"],
    },
    {
      sid: "WriteMetrics",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": [ADMIN_METRICS.namespace] } },
    },
  ];
}
