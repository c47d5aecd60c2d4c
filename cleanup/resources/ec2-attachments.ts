import {
  DeleteFlowLogsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeFlowLogsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type FlowLog,
  type NetworkInterface,
  type SecurityGroup,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../aws/clients";
import { PartialFailure } from "../aws/errors";
import { MINUTE } from "../engine/time";
import { TAG } from "../../contract/tags";
import { deleteEndpoint } from "./ec2-endpoints";
import { ec2Listing, removeUnlessInterfaces, userOf, type Ec2Type, type Unsuccessful } from "./ec2-listing";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, GONE, tagsFrom } from "./shared";

/** Types whose network interfaces AWS deletes by itself. */
export const INTERFACE_OWNERS = [
  "ecs:service",
  "ecs:task",
  "elasticloadbalancing:load-balancer",
  "ec2:nat-gateway",
  "ec2:vpc-endpoint",
  "lambda:function",
  "rds:db-instance",
] as const;

const vpcEndpoint: ResourceType = {
  type: "ec2:vpc-endpoint",
  terraform: ["aws_vpc_endpoint"],
  arns: ["vpc-endpoint/"],
  stuckMs: 20 * MINUTE,
  handler: ({ read, write, endpointsOf }) => ({
    ...ec2Listing<VpcEndpoint>(read, "ec2:vpc-endpoint", {
      idFilter: "vpc-endpoint-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(
          new DescribeVpcEndpointsCommand({ Filters: filters, NextToken: token }),
        );
        return { items: page.VpcEndpoints, next: page.NextToken };
      },
      found({ VpcEndpointId, State, Tags, VpcId, OwnerId }) {
        const state = String(State).toLowerCase(); // AWS returns lower case, unlike its reference
        if (state === "deleted") return undefined;
        const presence = state === "deleting" ? "deleting" : "present";
        return { id: VpcEndpointId!, tags: tagsFrom(Tags), vpcId: VpcId, accountId: OwnerId, presence };
      },
    }),
    async remove({ id, tags }) {
      const environment = tags === "unreadable" ? undefined : tags[TAG.environment];
      throwUnsuccessful(await deleteEndpoint({ read, write, endpointsOf }, { id, environment }));
      return ACCEPTED;
    },
  }),
};

const flowLog: ResourceType = {
  type: "ec2:flow-log",
  terraform: ["aws_flow_log"],
  arns: [
    "vpc-flow-log/",
    "flow-logs/", // the local AWS's error
  ],
  handler: ({ read, write }) => ({
    ...ec2Listing<FlowLog>(read, "ec2:flow-log", {
      idFilter: "flow-log-id",
      vpcFilter: "resource-id",
      async describe(filters, token) {
        const page = await read.ec2.send(new DescribeFlowLogsCommand({ Filter: filters, NextToken: token }));
        return { items: page.FlowLogs, next: page.NextToken };
      },
      found: ({ FlowLogId, Tags, ResourceId }) => ({
        id: FlowLogId!,
        tags: tagsFrom(Tags),
        vpcId: ResourceId?.startsWith("vpc-") ? ResourceId : undefined,
      }),
    }),
    async remove({ id }) {
      const answer = await write.ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] }));
      throwUnsuccessful(answer.Unsuccessful);
      return GONE;
    },
  }),
};

const networkInterface: ResourceType = {
  type: "ec2:network-interface",
  terraform: ["aws_network_interface"],
  arns: ["network-interface/"],
  ownedByVpc: true,
  after: INTERFACE_OWNERS,
  stuckMs: 45 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing<NetworkInterface>(read, "ec2:network-interface", {
      idFilter: "network-interface-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(
          new DescribeNetworkInterfacesCommand({ Filters: filters, NextToken: token }),
        );
        return { items: page.NetworkInterfaces, next: page.NextToken };
      },
      found: (card) => ({
        id: card.NetworkInterfaceId!,
        name: card.Description,
        tags: tagsFrom(card.TagSet),
        vpcId: card.VpcId,
        accountId: card.OwnerId,
        createdBy: creatorOf(card),
        usedBy: userOf(card),
        // Only an unused interface of the ordinary kind is deleted here; the others are deleted with their owner.
        presence:
          card.Status === "available" && card.InterfaceType === "interface" && !card.RequesterManaged
            ? "present"
            : "deleting",
      }),
    }),
    async remove({ id }) {
      await write.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      return GONE;
    },
  }),
};

const securityGroup: ResourceType = {
  type: "ec2:security-group",
  terraform: ["aws_security_group"],
  parts: ["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"],
  arns: ["security-group/"],
  arnParts: ["security-group-rule/"],
  after: [...INTERFACE_OWNERS, "ec2:network-interface"],
  // Groups that refer to each other can only be deleted after their rules.
  prepareAt: "start",
  stuckMs: 45 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing(read, "ec2:security-group", securityGroups(read)),
    async prepare({ id }) {
      const { items } = await securityGroups(read).describe([{ Name: "group-id", Values: [id] }]);
      for (const { IpPermissions, IpPermissionsEgress } of items ?? []) {
        if (IpPermissions?.length) {
          await write.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: id, IpPermissions }));
        }
        if (IpPermissionsEgress?.length) {
          await write.ec2.send(
            new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: IpPermissionsEgress }),
          );
        }
      }
    },
    async remove({ id }) {
      const outcome = await removeUnlessInterfaces(read, { Name: "group-id", Values: [id] }, async () => {
        await write.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
        return GONE;
      });
      if (outcome.kind !== "blocked") return outcome;
      const referring = await Promise.all(
        ["ip-permission.group-id", "egress.ip-permission.group-id"].map((Name) =>
          securityGroups(read).describe([{ Name, Values: [id] }]),
        ),
      );
      const others = referring.flatMap(({ items }) => items ?? []).filter((group) => group.GroupId !== id);
      const names = others.map((group) => `ec2:security-group ${group.GroupId} refers to it`);
      return { kind: "blocked", by: [...new Set([...names, ...outcome.by])] };
    },
  }),
};

/** VPC endpoints, flow logs, network interfaces, security groups. */
export const ec2Attachments: readonly ResourceType[] = [
  vpcEndpoint,
  flowLog,
  networkInterface,
  securityGroup,
];

/** Descriptions that services give to the interfaces that they create. */
const CREATORS: readonly (readonly [RegExp, string])[] = [
  [/^AWS Lambda VPC ENI/, "Lambda"],
  [/^arn:aws[a-z-]*:ecs:.*:attachment\//, "ECS"],
  [/^ELB (app|net|gwy)\//, "Elastic Load Balancing"],
  [/^Interface for NAT Gateway/, "a NAT gateway"],
  [/^VPC Endpoint Interface/, "a VPC endpoint"],
  [/^RDSNetworkInterface$/, "RDS"],
];

function creatorOf({
  Description = "",
  RequesterManaged,
  RequesterId,
}: NetworkInterface): string | undefined {
  const creator = CREATORS.find(([description]) => description.test(Description))?.[1];
  return creator ?? (RequesterManaged ? (RequesterId ?? "AWS") : undefined);
}

/** EC2 answers 200 and reports failures in the body. */
function throwUnsuccessful(items: readonly Unsuccessful[] | undefined): void {
  const failed = items?.[0];
  if (failed)
    throw new PartialFailure(failed.Error?.Code ?? "Error", failed.Error?.Message ?? "no reason given");
}

function securityGroups(read: Clients): Ec2Type<SecurityGroup> {
  return {
    idFilter: "group-id",
    vpcFilter: "vpc-id",
    async describe(filters, token) {
      const page = await read.ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: filters, NextToken: token }),
      );
      return { items: page.SecurityGroups, next: page.NextToken };
    },
    found: ({ GroupId, GroupName, Tags, VpcId, OwnerId }) => ({
      id: GroupId!,
      name: GroupName,
      tags: tagsFrom(Tags),
      vpcId: VpcId,
      accountId: OwnerId,
      ...(GroupName === "default" && { builtIn: "default security group of its VPC" }),
    }),
  };
}
