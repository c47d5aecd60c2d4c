import type * as ec2 from "@aws-sdk/client-ec2";
import { anywhere, operation, type Need, type Operations } from "../kernel/call";
import { AwsError, dependencyViolation, ec2NotFound } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList, type Entity, type Store } from "../world/entity";
import type { World } from "../world/world";
import { select } from "./ec2-filters";

/** VPCs, subnets, route tables, internet gateways and network ACLs. */

type DescribeInput = { Filters?: ec2.Filter[]; MaxResults?: number; NextToken?: string };

export function describe<Input extends DescribeInput, T extends Entity, Shape>(
  action: string,
  what: {
    readonly store: (world: World) => Store<T>;
    readonly ids: (input: Input) => readonly string[] | undefined;
    readonly missing: (id: string) => AwsError;
    readonly fields: Parameters<typeof select<T>>[3];
    readonly shape: (item: T, world: World) => Shape;
    readonly result: string;
    /** Items that AWS does not show any more. */
    readonly visible?: (item: T) => boolean;
  },
) {
  return operation<Input, object>(anywhere(`ec2:${action}`), (input, { world }) => {
    const all = what.store(world).where(what.visible ?? (() => true));
    const ids = what.ids(input);
    for (const id of ids ?? []) if (!all.some((item) => item.id === id)) throw what.missing(id);
    const found = select(all, ids, input.Filters, what.fields);
    const { items, next } = pageOf(world, found, (item) => item.id, input.NextToken, input.MaxResults);
    return { [what.result]: items.map((item) => what.shape(item, world)), NextToken: next };
  });
}

/** Permission on one resource, with its tags. */
export function on(action: string, item: Entity | undefined, arn: string): Need {
  return { action, resource: item?.arn ?? arn, tags: item?.tags ?? {} };
}

export const EC2_VPC: Operations = {
  DescribeVpcs: describe<
    ec2.DescribeVpcsCommandInput,
    Entity & { isDefault: boolean; cidr: string },
    ec2.Vpc
  >("DescribeVpcs", {
    store: (world) => world.vpcs,
    ids: (input) => input.VpcIds,
    missing: (id) => ec2NotFound("VpcID", "vpc ID", id),
    fields: { "vpc-id": (v) => [v.id], "is-default": (v) => [String(v.isDefault)], cidr: (v) => [v.cidr] },
    shape: (v, world) => ({
      VpcId: v.id,
      IsDefault: v.isDefault,
      CidrBlock: v.cidr,
      State: "available",
      OwnerId: world.place.accountId,
      Tags: tagList(v.tags),
    }),
    result: "Vpcs",
  }),
  DeleteVpc: operation<ec2.DeleteVpcCommandInput, ec2.DeleteVpcCommandOutput>(
    (input, world) =>
      on("ec2:DeleteVpc", world.vpcs.get(input.VpcId), world.arn("ec2", `vpc/${input.VpcId}`)),
    (input, { world }) => {
      const id = input.VpcId!;
      const inside = (item: { vpcId?: string | undefined }) => item.vpcId === id;
      if (!world.vpcs.get(id)) throw ec2NotFound("VpcID", "vpc ID", id);
      const blocked =
        world.subnets.some(inside) ||
        world.internetGateways.some(inside) ||
        world.interfaces.some(inside) ||
        world.endpoints.some(inside) ||
        world.natGateways.some((item) => inside(item) && item.state !== "deleted") ||
        world.routeTables.some((item) => inside(item) && !item.main) ||
        world.networkAcls.some((item) => inside(item) && !item.isDefault) ||
        world.securityGroups.some((item) => inside(item) && item.name !== "default");
      if (blocked) throw dependencyViolation("vpc", id);
      world.vpcs.delete(id);
      // What AWS made together with the VPC goes with it.
      for (const store of [world.routeTables, world.networkAcls, world.securityGroups]) {
        for (const item of store.all()) if (inside(item)) store.delete(item.id);
      }
      return {};
    },
  ),
  DescribeSubnets: describe("DescribeSubnets", {
    store: (world: World) => world.subnets,
    ids: (input: ec2.DescribeSubnetsCommandInput) => input.SubnetIds,
    missing: (id) => ec2NotFound("SubnetID", "subnet ID", id),
    fields: { "vpc-id": (s) => [s.vpcId], "subnet-id": (s) => [s.id] },
    shape: (s): ec2.Subnet => ({
      SubnetId: s.id,
      SubnetArn: s.arn,
      VpcId: s.vpcId,
      AvailabilityZone: s.zone,
      DefaultForAz: s.origin === "default",
      Tags: tagList(s.tags),
    }),
    result: "Subnets",
  }),
  DeleteSubnet: operation<ec2.DeleteSubnetCommandInput, ec2.DeleteSubnetCommandOutput>(
    (input, world) =>
      on("ec2:DeleteSubnet", world.subnets.get(input.SubnetId), world.arn("ec2", `subnet/${input.SubnetId}`)),
    (input, { world }) => {
      const id = input.SubnetId!;
      if (!world.subnets.get(id)) throw ec2NotFound("SubnetID", "subnet ID", id);
      if (world.interfaces.some((item) => item.subnetId === id)) throw dependencyViolation("subnet", id);
      world.subnets.delete(id);
      for (const table of world.routeTables.all()) {
        table.associations = table.associations.filter((association) => association.subnetId !== id);
      }
      return {};
    },
  ),
  DescribeRouteTables: describe("DescribeRouteTables", {
    store: (world: World) => world.routeTables,
    ids: (input: ec2.DescribeRouteTablesCommandInput) => input.RouteTableIds,
    missing: (id) => ec2NotFound("RouteTableID", "routeTable ID", id),
    fields: {
      "vpc-id": (t) => [t.vpcId],
      "route-table-id": (t) => [t.id],
      "association.main": (t) => [String(t.main)],
    },
    shape: (t): ec2.RouteTable => ({
      RouteTableId: t.id,
      VpcId: t.vpcId,
      Associations: [
        ...(t.main
          ? [{ Main: true, RouteTableAssociationId: `rtbassoc-${t.id.slice(4)}`, RouteTableId: t.id }]
          : []),
        ...t.associations.map((a) => ({
          Main: false,
          RouteTableAssociationId: a.id,
          RouteTableId: t.id,
          SubnetId: a.subnetId,
          AssociationState: { State: "associated" as const },
        })),
      ],
      Routes: t.routes.map((r) => ({ DestinationCidrBlock: r.destination, GatewayId: r.target })),
      Tags: tagList(t.tags),
    }),
    result: "RouteTables",
  }),
  DisassociateRouteTable: operation<
    ec2.DisassociateRouteTableCommandInput,
    ec2.DisassociateRouteTableCommandOutput
  >(
    (input, world) => {
      const table = world.routeTables.where((t) =>
        t.associations.some((a) => a.id === input.AssociationId),
      )[0];
      const subnetId = table?.associations.find((a) => a.id === input.AssociationId)?.subnetId;
      // Evaluated on both ends.
      return [
        on("ec2:DisassociateRouteTable", table, world.arn("ec2", "route-table/*")),
        on("ec2:DisassociateRouteTable", world.subnets.get(subnetId), world.arn("ec2", "subnet/*")),
      ];
    },
    (input, { world }) => {
      const table = world.routeTables.where((t) =>
        t.associations.some((a) => a.id === input.AssociationId),
      )[0];
      if (!table) throw ec2NotFound("AssociationID", "association ID", input.AssociationId!);
      table.associations = table.associations.filter((a) => a.id !== input.AssociationId);
      return {};
    },
  ),
  DeleteRouteTable: operation<ec2.DeleteRouteTableCommandInput, ec2.DeleteRouteTableCommandOutput>(
    (input, world) =>
      on(
        "ec2:DeleteRouteTable",
        world.routeTables.get(input.RouteTableId),
        world.arn("ec2", `route-table/${input.RouteTableId}`),
      ),
    (input, { world }) => {
      const table = world.routeTables.get(input.RouteTableId);
      if (!table) throw ec2NotFound("RouteTableID", "routeTable ID", input.RouteTableId!);
      const endpoint = world.endpoints.some(
        (e) => e.routeTableIds.includes(table.id) && e.state !== "deleting",
      );
      if (table.main || table.associations.length > 0 || endpoint)
        throw dependencyViolation("routeTable", table.id);
      world.routeTables.delete(table.id);
      return {};
    },
  ),
  DescribeInternetGateways: describe("DescribeInternetGateways", {
    store: (world: World) => world.internetGateways,
    ids: (input: ec2.DescribeInternetGatewaysCommandInput) => input.InternetGatewayIds,
    missing: (id) => ec2NotFound("InternetGatewayID", "internetGateway ID", id),
    fields: { "attachment.vpc-id": (g) => [g.vpcId], "internet-gateway-id": (g) => [g.id] },
    shape: (g): ec2.InternetGateway => ({
      InternetGatewayId: g.id,
      Attachments:
        g.vpcId === undefined ? [] : [{ State: "available" as ec2.AttachmentStatus, VpcId: g.vpcId }],
      Tags: tagList(g.tags),
    }),
    result: "InternetGateways",
  }),
  DetachInternetGateway: operation<
    ec2.DetachInternetGatewayCommandInput,
    ec2.DetachInternetGatewayCommandOutput
  >(
    (input, world) => [
      on("ec2:DetachInternetGateway", world.internetGateways.get(input.InternetGatewayId), "*"),
      on("ec2:DetachInternetGateway", world.vpcs.get(input.VpcId), "*"),
    ],
    (input, { world }) => {
      const gateway = world.internetGateways.get(input.InternetGatewayId);
      if (!gateway) throw ec2NotFound("InternetGatewayID", "internetGateway ID", input.InternetGatewayId!);
      if (gateway.vpcId !== input.VpcId) {
        throw new AwsError(
          "Gateway.NotAttached",
          `resource ${gateway.id} is not attached to network ${input.VpcId}`,
        );
      }
      if (world.interfaces.some((i) => i.vpcId === input.VpcId && i.publicIp !== undefined)) {
        throw new AwsError(
          "DependencyViolation",
          `Network ${input.VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      }
      gateway.vpcId = undefined;
      return {};
    },
  ),
  DeleteInternetGateway: operation<
    ec2.DeleteInternetGatewayCommandInput,
    ec2.DeleteInternetGatewayCommandOutput
  >(
    (input, world) =>
      on("ec2:DeleteInternetGateway", world.internetGateways.get(input.InternetGatewayId), "*"),
    (input, { world }) => {
      const gateway = world.internetGateways.get(input.InternetGatewayId);
      if (!gateway) throw ec2NotFound("InternetGatewayID", "internetGateway ID", input.InternetGatewayId!);
      if (gateway.vpcId !== undefined) throw dependencyViolation("internetGateway", gateway.id);
      world.internetGateways.delete(gateway.id);
      return {};
    },
  ),
  DescribeNetworkAcls: describe("DescribeNetworkAcls", {
    store: (world: World) => world.networkAcls,
    ids: (input: ec2.DescribeNetworkAclsCommandInput) => input.NetworkAclIds,
    missing: (id) => ec2NotFound("NetworkAclID", "networkAcl ID", id),
    fields: { "vpc-id": (a) => [a.vpcId], default: (a) => [String(a.isDefault)] },
    shape: (a): ec2.NetworkAcl => ({
      NetworkAclId: a.id,
      VpcId: a.vpcId,
      IsDefault: a.isDefault,
      Associations: [],
      Tags: tagList(a.tags),
    }),
    result: "NetworkAcls",
  }),
  DeleteNetworkAcl: operation<ec2.DeleteNetworkAclCommandInput, ec2.DeleteNetworkAclCommandOutput>(
    (input, world) => on("ec2:DeleteNetworkAcl", world.networkAcls.get(input.NetworkAclId), "*"),
    (input, { world }) => {
      const acl = world.networkAcls.get(input.NetworkAclId);
      if (!acl) throw ec2NotFound("NetworkAclID", "networkAcl ID", input.NetworkAclId!);
      if (acl.isDefault)
        throw new AwsError("InvalidParameterValue", `cannot delete default network ACL ${acl.id}`);
      world.networkAcls.delete(acl.id);
      return {};
    },
  ),
};
