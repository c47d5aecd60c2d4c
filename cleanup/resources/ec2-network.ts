import {
  DeleteNetworkAclCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateRouteTableCommand,
  type NetworkAcl,
  type RouteTable,
  type Subnet,
  type Vpc,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Found } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { INTERFACE_OWNERS } from "./ec2-attachments";
import { ec2Listing, removeUnlessInterfaces, type Ec2Type } from "./ec2-listing";
import type { ResourceType } from "./resource-type";
import { GONE, tagsFrom } from "./shared";

export const VPC = "ec2:vpc";

/** Describes VPCs, for the handler and for the discovery. */
export function vpcType(read: Clients): Ec2Type<Vpc> {
  return {
    idFilter: "vpc-id",
    async describe(filters, token) {
      const page = await read.ec2.send(new DescribeVpcsCommand({ Filters: filters, NextToken: token }));
      return { items: page.Vpcs, next: page.NextToken };
    },
    found: ({ VpcId, Tags, IsDefault, OwnerId }): Omit<Found, "type"> => ({
      id: VpcId!,
      tags: tagsFrom(Tags),
      vpcId: VpcId,
      accountId: OwnerId,
      ...(IsDefault && { builtIn: "default VPC" }),
    }),
  };
}

const subnet: ResourceType = {
  type: "ec2:subnet",
  terraform: ["aws_subnet"],
  arns: ["subnet/"],
  after: [...INTERFACE_OWNERS, "ec2:network-interface", "rds:db-subnet-group"],
  stuckMs: 30 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing<Subnet>(read, "ec2:subnet", {
      idFilter: "subnet-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(new DescribeSubnetsCommand({ Filters: filters, NextToken: token }));
        return { items: page.Subnets, next: page.NextToken };
      },
      found: ({ SubnetId, SubnetArn, Tags, VpcId, OwnerId, DefaultForAz }) => ({
        id: SubnetId!,
        arn: SubnetArn,
        tags: tagsFrom(Tags),
        vpcId: VpcId,
        accountId: OwnerId,
        ...(DefaultForAz && { builtIn: "default subnet of its zone" }),
      }),
    }),
    remove: ({ id }) =>
      removeUnlessInterfaces(read, { Name: "subnet-id", Values: [id] }, async () => {
        await write.ec2.send(new DeleteSubnetCommand({ SubnetId: id }));
        return GONE;
      }),
  }),
};

const routeTable: ResourceType = {
  type: "ec2:route-table",
  terraform: ["aws_route_table"],
  parts: ["aws_route", "aws_route_table_association"],
  arns: ["route-table/"],
  after: ["ec2:nat-gateway", "ec2:vpc-endpoint", "ec2:network-interface"],
  stuckMs: 20 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing(read, "ec2:route-table", routeTables(read)),
    async prepare({ id }) {
      const { items } = await routeTables(read).describe([{ Name: "route-table-id", Values: [id] }]);
      const associations = (items ?? []).flatMap(({ Associations }) => Associations ?? []);
      for (const { RouteTableAssociationId, Main } of associations) {
        if (Main) continue;
        await unlessNotFound(() =>
          write.ec2.send(new DisassociateRouteTableCommand({ AssociationId: RouteTableAssociationId })),
        );
      }
    },
    async remove({ id }) {
      await write.ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }));
      return GONE;
    },
  }),
};

const networkAcl: ResourceType = {
  type: "ec2:network-acl",
  terraform: ["aws_network_acl"],
  parts: ["aws_network_acl_rule"],
  arns: ["network-acl/"],
  after: ["ec2:subnet"], // an ACL is in use as long as a subnet has it
  stuckMs: 20 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing<NetworkAcl>(read, "ec2:network-acl", {
      idFilter: "network-acl-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(
          new DescribeNetworkAclsCommand({ Filters: filters, NextToken: token }),
        );
        return { items: page.NetworkAcls, next: page.NextToken };
      },
      found: ({ NetworkAclId, Tags, VpcId, OwnerId, IsDefault }) => ({
        id: NetworkAclId!,
        tags: tagsFrom(Tags),
        vpcId: VpcId,
        accountId: OwnerId,
        ...(IsDefault && { builtIn: "default network ACL of its VPC" }),
      }),
    }),
    async remove({ id }) {
      await write.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: id }));
      return GONE;
    },
  }),
};

const vpc: ResourceType = {
  type: VPC,
  terraform: ["aws_vpc"],
  parts: ["aws_default_network_acl", "aws_default_route_table", "aws_default_security_group"],
  arns: ["vpc/"],
  after: [
    ...INTERFACE_OWNERS,
    "ec2:network-interface",
    "ec2:internet-gateway",
    "ec2:flow-log",
    "ec2:security-group",
    "ec2:subnet",
    "ec2:route-table",
    "ec2:network-acl",
  ],
  stuckMs: 45 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing(read, VPC, vpcType(read)),
    remove: ({ id }) =>
      removeUnlessInterfaces(
        read,
        { Name: "vpc-id", Values: [id] },
        async () => {
          await write.ec2.send(new DeleteVpcCommand({ VpcId: id }));
          return GONE;
        },
        () => contentsOf(read, id),
      ),
  }),
};

/** Subnets, security groups and gateways in a VPC that are left after the environment's own: someone else's. */
async function contentsOf({ ec2 }: Clients, vpcId: string): Promise<string[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const [subnets, groups, gateways] = await Promise.all([
    allPages(async (NextToken) => {
      const page = await ec2.send(new DescribeSubnetsCommand({ Filters, NextToken }));
      return { items: page.Subnets, next: page.NextToken };
    }),
    allPages(async (NextToken) => {
      const page = await ec2.send(new DescribeSecurityGroupsCommand({ Filters, NextToken }));
      return { items: page.SecurityGroups, next: page.NextToken };
    }),
    allPages(async (NextToken) => {
      const attached = [{ Name: "attachment.vpc-id", Values: [vpcId] }];
      const page = await ec2.send(new DescribeInternetGatewaysCommand({ Filters: attached, NextToken }));
      return { items: page.InternetGateways, next: page.NextToken };
    }),
  ]);
  return [
    ...subnets.map(({ SubnetId }) => `ec2:subnet ${SubnetId}`),
    ...groups
      .filter(({ GroupName }) => GroupName !== "default")
      .map(({ GroupId, GroupName }) => `ec2:security-group ${GroupId} (${GroupName})`),
    ...gateways.map(({ InternetGatewayId }) => `ec2:internet-gateway ${InternetGatewayId}`),
  ];
}

/** Subnets, route tables, network ACLs, VPCs. */
export const ec2Network: readonly ResourceType[] = [subnet, routeTable, networkAcl, vpc];

function routeTables(read: Clients): Ec2Type<RouteTable> {
  return {
    idFilter: "route-table-id",
    vpcFilter: "vpc-id",
    async describe(filters, token) {
      const page = await read.ec2.send(
        new DescribeRouteTablesCommand({ Filters: filters, NextToken: token }),
      );
      return { items: page.RouteTables, next: page.NextToken };
    },
    found: ({ RouteTableId, Tags, VpcId, OwnerId, Associations }) => ({
      id: RouteTableId!,
      tags: tagsFrom(Tags),
      vpcId: VpcId,
      accountId: OwnerId,
      ...(Associations?.some(({ Main }) => Main) && { builtIn: "main route table of its VPC" }),
    }),
  };
}
