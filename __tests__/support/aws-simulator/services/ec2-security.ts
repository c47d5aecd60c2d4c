import type * as ec2 from "@aws-sdk/client-ec2";
import { operation, type Call, type Operations } from "../kernel/call";
import { AwsError, ec2NotFound } from "../kernel/errors";
import { tagList } from "../world/entity";
import type { SecurityGroup, SecurityGroupRule } from "../world/network";
import type { World } from "../world/world";
import { describe, on } from "./ec2-vpc";

/** Network interfaces and security groups. */

const groupMissing = (id: string) => ec2NotFound("Group", "security group", id);

export const EC2_SECURITY: Operations = {
  DescribeNetworkInterfaces: describe("DescribeNetworkInterfaces", {
    store: (world: World) => world.interfaces,
    ids: (input: ec2.DescribeNetworkInterfacesCommandInput) => input.NetworkInterfaceIds,
    missing: (id) => ec2NotFound("NetworkInterfaceID", "networkInterface ID", id),
    fields: {
      "vpc-id": (i) => [i.vpcId],
      "subnet-id": (i) => [i.subnetId],
      "group-id": (i) => i.groupIds,
      status: (i) => [i.status],
      description: (i) => [i.description],
      "interface-type": (i) => [i.interfaceType],
      "requester-managed": (i) => [String(i.requesterManaged)],
      "network-interface-id": (i) => [i.id],
    },
    shape: (i, world): ec2.NetworkInterface => ({
      NetworkInterfaceId: i.id,
      VpcId: i.vpcId,
      SubnetId: i.subnetId,
      Groups: i.groupIds.map((GroupId) => ({ GroupId, GroupName: world.securityGroups.get(GroupId)?.name })),
      InterfaceType: i.interfaceType as ec2.NetworkInterfaceType,
      RequesterManaged: i.requesterManaged,
      Description: i.description,
      Status: i.status,
      ...(i.publicIp !== undefined && { Association: { PublicIp: i.publicIp } }),
      ...(i.status === "in-use" && {
        Attachment: { AttachmentId: `eni-attach-${i.id.slice(4)}`, Status: "attached" },
      }),
      OwnerId: world.place.accountId,
      TagSet: tagList(i.tags),
    }),
    result: "NetworkInterfaces",
  }),
  DeleteNetworkInterface: operation<
    ec2.DeleteNetworkInterfaceCommandInput,
    ec2.DeleteNetworkInterfaceCommandOutput
  >(
    (input, world) => {
      const item = world.interfaces.get(input.NetworkInterfaceId);
      const vpc = item ? { "ec2:Vpc": world.arn("ec2", `vpc/${item.vpcId}`) } : undefined;
      return {
        ...on(
          "ec2:DeleteNetworkInterface",
          item,
          world.arn("ec2", `network-interface/${input.NetworkInterfaceId}`),
        ),
        context: vpc,
      };
    },
    (input, { world }) => {
      const item = world.interfaces.get(input.NetworkInterfaceId);
      if (!item) throw ec2NotFound("NetworkInterfaceID", "networkInterface ID", input.NetworkInterfaceId!);
      if (item.requesterManaged) {
        throw new AwsError("OperationNotPermitted", `You are not allowed to manage '${item.id}'.`);
      }
      if (item.status === "in-use") {
        throw new AwsError("InvalidParameterValue", `Network interface '${item.id}' is currently in use.`);
      }
      world.interfaces.delete(item.id);
      return {};
    },
  ),
  DetachNetworkInterface: operation<
    ec2.DetachNetworkInterfaceCommandInput,
    ec2.DetachNetworkInterfaceCommandOutput
  >(
    (input, world) => on("ec2:DetachNetworkInterface", attachedInterface(world, input.AttachmentId), "*"),
    (input, { world }) => {
      const item = attachedInterface(world, input.AttachmentId);
      if (!item || item.status !== "in-use") {
        throw new AwsError(
          "InvalidAttachmentID.NotFound",
          `The attachment '${input.AttachmentId}' does not exist`,
        );
      }
      if (item.requesterManaged) {
        throw new AwsError(
          "OperationNotPermitted",
          "You are not allowed to manage 'ela-attach' attachments.",
        );
      }
      item.status = "available";
      return {};
    },
  ),
  DescribeSecurityGroups: describe("DescribeSecurityGroups", {
    store: (world: World) => world.securityGroups,
    ids: (input: ec2.DescribeSecurityGroupsCommandInput) => input.GroupIds,
    missing: groupMissing,
    fields: {
      "vpc-id": (g) => [g.vpcId],
      "group-id": (g) => [g.id],
      "group-name": (g) => [g.name],
      "ip-permission.group-id": (g) => g.rules.filter((r) => !r.egress).map((r) => r.group),
      "egress.ip-permission.group-id": (g) => g.rules.filter((r) => r.egress).map((r) => r.group),
    },
    shape: (g): ec2.SecurityGroup => ({
      GroupId: g.id,
      GroupName: g.name,
      VpcId: g.vpcId,
      SecurityGroupArn: g.arn,
      IpPermissions: g.rules.filter((r) => !r.egress).map(permission),
      IpPermissionsEgress: g.rules.filter((r) => r.egress).map(permission),
      Tags: tagList(g.tags),
    }),
    result: "SecurityGroups",
  }),
  DescribeSecurityGroupRules: operation<
    ec2.DescribeSecurityGroupRulesCommandInput,
    ec2.DescribeSecurityGroupRulesCommandOutput
  >(
    () => ({ action: "ec2:DescribeSecurityGroupRules", resource: "*" }),
    (input, { world }) => {
      const wanted = input.Filters?.find((filter) => filter.Name === "group-id")?.Values;
      const groups = world.securityGroups.where((g) => !wanted || wanted.includes(g.id));
      return {
        SecurityGroupRules: groups.flatMap((group) =>
          group.rules.map((rule) => ({
            SecurityGroupRuleId: rule.id,
            GroupId: group.id,
            IsEgress: rule.egress,
            IpProtocol: rule.protocol,
            CidrIpv4: rule.cidr,
            ...(rule.group !== undefined && { ReferencedGroupInfo: { GroupId: rule.group } }),
          })),
        ),
      };
    },
  ),
  RevokeSecurityGroupIngress: operation<
    ec2.RevokeSecurityGroupIngressCommandInput,
    ec2.RevokeSecurityGroupIngressCommandOutput
  >(
    (input, world) => on("ec2:RevokeSecurityGroupIngress", world.securityGroups.get(input.GroupId), "*"),
    (input, call) => revoke(input, false, call),
  ),
  RevokeSecurityGroupEgress: operation<
    ec2.RevokeSecurityGroupEgressCommandInput,
    ec2.RevokeSecurityGroupEgressCommandOutput
  >(
    (input, world) => on("ec2:RevokeSecurityGroupEgress", world.securityGroups.get(input.GroupId), "*"),
    (input, call) => revoke(input, true, call),
  ),
  DeleteSecurityGroup: operation<ec2.DeleteSecurityGroupCommandInput, ec2.DeleteSecurityGroupCommandOutput>(
    (input, world) => on("ec2:DeleteSecurityGroup", world.securityGroups.get(input.GroupId), "*"),
    (input, { world }) => {
      const group = world.securityGroups.get(input.GroupId);
      if (!group) throw groupMissing(input.GroupId!);
      if (group.name === "default") {
        throw new AwsError(
          "CannotDelete",
          `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
        );
      }
      const used =
        world.interfaces.some((i) => i.groupIds.includes(group.id)) ||
        world.securityGroups.some((g) => g.id !== group.id && g.rules.some((r) => r.group === group.id));
      if (used) {
        throw new AwsError("DependencyViolation", `resource ${group.id} has a dependent object`);
      }
      world.securityGroups.delete(group.id);
      return {};
    },
  ),
  DescribeInstances: operation<ec2.DescribeInstancesCommandInput, ec2.DescribeInstancesCommandOutput>(
    () => ({ action: "ec2:DescribeInstances", resource: "*" }),
    () => ({ Reservations: [] }),
  ),
};

function attachedInterface(world: World, attachment: string | undefined) {
  return world.interfaces.get(attachment?.replace("eni-attach-", "eni-"));
}

function permission(rule: SecurityGroupRule): ec2.IpPermission {
  return {
    IpProtocol: rule.protocol,
    FromPort: rule.port,
    ToPort: rule.port,
    IpRanges: rule.cidr === undefined ? [] : [{ CidrIp: rule.cidr }],
    UserIdGroupPairs: rule.group === undefined ? [] : [{ GroupId: rule.group }],
    Ipv6Ranges: [],
    PrefixListIds: [],
  };
}

function revoke(
  input: { GroupId?: string; IpPermissions?: ec2.IpPermission[]; SecurityGroupRuleIds?: string[] },
  egress: boolean,
  { world }: Call,
): { Return: boolean } {
  const group = world.securityGroups.get(input.GroupId);
  if (!group) throw groupMissing(input.GroupId!);
  const gone = toRevoke(group, input, egress);
  group.rules = group.rules.filter((rule) => !gone.includes(rule));
  return { Return: true };
}

function toRevoke(
  group: SecurityGroup,
  input: { IpPermissions?: ec2.IpPermission[]; SecurityGroupRuleIds?: string[] },
  egress: boolean,
): SecurityGroupRule[] {
  if (input.SecurityGroupRuleIds) {
    return input.SecurityGroupRuleIds.map((id) => {
      const rule = group.rules.find((candidate) => candidate.id === id && candidate.egress === egress);
      if (!rule) throw ec2NotFound("SecurityGroupRuleId", "security group rule ID", id);
      return rule;
    });
  }
  const rules = group.rules.filter(
    (rule) =>
      rule.egress === egress &&
      (input.IpPermissions ?? []).some(
        (p) => JSON.stringify(target(p)) === JSON.stringify(target(permission(rule))),
      ),
  );
  if (rules.length === 0 && !egress) {
    throw new AwsError(
      "InvalidPermission.NotFound",
      "The specified rule does not exist in this security group.",
    );
  }
  return rules;
}

function target(p: ec2.IpPermission): unknown {
  return [
    p.IpProtocol,
    p.FromPort,
    p.ToPort,
    p.IpRanges?.map((range) => range.CidrIp),
    p.UserIdGroupPairs?.map((pair) => pair.GroupId),
  ];
}
