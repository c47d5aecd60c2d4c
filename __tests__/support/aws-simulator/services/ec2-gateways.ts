import type * as ec2 from "@aws-sdk/client-ec2";
import { operation, type Call, type Operations } from "../kernel/call";
import { AwsError, ec2NotFound } from "../kernel/errors";
import { after, DURATIONS } from "../world/after";
import { tagList } from "../world/entity";
import type { World } from "../world/world";
import { describe, on } from "./ec2-vpc";

/** NAT gateways, addresses, endpoints and flow logs. */
export const EC2_GATEWAYS: Operations = {
  DescribeNatGateways: describe("DescribeNatGateways", {
    store: (world: World) => world.natGateways,
    ids: (input: ec2.DescribeNatGatewaysCommandInput & { Filters?: ec2.Filter[] }) => input.NatGatewayIds,
    missing: (id) => new AwsError("NatGatewayNotFound", `NatGateway ${id} was not found`),
    fields: {
      "vpc-id": (n) => [n.vpcId],
      "subnet-id": (n) => [n.subnetId],
      state: (n) => [n.state],
      "nat-gateway-id": (n) => [n.id],
    },
    shape: (n, world): ec2.NatGateway => ({
      NatGatewayId: n.id,
      VpcId: n.vpcId,
      SubnetId: n.subnetId,
      State: n.state,
      NatGatewayAddresses: [
        {
          AllocationId: n.allocationId,
          NetworkInterfaceId: n.interfaceId,
          PublicIp: world.addresses.get(n.allocationId)?.publicIp,
        },
      ],
      Tags: tagList(n.tags),
    }),
    result: "NatGateways",
  }),
  DeleteNatGateway: operation<ec2.DeleteNatGatewayCommandInput, ec2.DeleteNatGatewayCommandOutput>(
    (input, world) => on("ec2:DeleteNatGateway", world.natGateways.get(input.NatGatewayId), "*"),
    (input, call) => {
      const { world } = call;
      const nat = world.natGateways.get(input.NatGatewayId);
      if (!nat || nat.state === "deleted") {
        throw new AwsError("NatGatewayNotFound", `NatGateway ${input.NatGatewayId} was not found`);
      }
      if (nat.state === "deleting") return { NatGatewayId: nat.id };
      nat.state = "deleting";
      after(call, DURATIONS.natGateway, () => {
        nat.state = "deleted";
        world.interfaces.delete(nat.interfaceId);
        const address = world.addresses.get(nat.allocationId);
        if (address) address.associationId = address.interfaceId = undefined;
        // It stays in the listing for about an hour.
        after(call, DURATIONS.natRecord, () => world.natGateways.delete(nat.id));
      });
      return { NatGatewayId: nat.id };
    },
  ),
  DescribeAddresses: operation<ec2.DescribeAddressesCommandInput, ec2.DescribeAddressesCommandOutput>(
    () => ({ action: "ec2:DescribeAddresses", resource: "*" }),
    (input, call) => {
      // The one Describe without pages.
      const everything = {
        ...call,
        world: Object.assign(Object.create(call.world) as World, { pageSize: 1e6 }),
      };
      return DESCRIBE_ADDRESSES.run(input, everything) as ec2.DescribeAddressesCommandOutput;
    },
  ),
  DisassociateAddress: operation<ec2.DisassociateAddressCommandInput, ec2.DisassociateAddressCommandOutput>(
    (input, world) =>
      on(
        "ec2:DisassociateAddress",
        world.addresses.where((a) => a.associationId === input.AssociationId)[0],
        "*",
      ),
    (input, { world }) => {
      const address = world.addresses.where((a) => a.associationId === input.AssociationId)[0];
      if (!address) throw ec2NotFound("AssociationID", "association ID", input.AssociationId!);
      if (world.interfaces.get(address.interfaceId)?.requesterManaged) {
        throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
      }
      address.associationId = address.interfaceId = undefined;
      return {};
    },
  ),
  ReleaseAddress: operation<ec2.ReleaseAddressCommandInput, ec2.ReleaseAddressCommandOutput>(
    (input, world) => on("ec2:ReleaseAddress", world.addresses.get(input.AllocationId), "*"),
    (input, { world }) => {
      const address = world.addresses.get(input.AllocationId);
      if (!address) {
        throw ec2NotFound("AllocationID", "allocation ID", input.AllocationId!);
      }
      if (address.associationId !== undefined) {
        throw new AwsError("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
      }
      world.addresses.delete(address.id);
      return {};
    },
  ),
  DescribeVpcEndpoints: describe("DescribeVpcEndpoints", {
    store: (world: World) => world.endpoints,
    ids: (input: ec2.DescribeVpcEndpointsCommandInput) => input.VpcEndpointIds,
    missing: (id) => ec2NotFound("VpcEndpointId", "Vpc Endpoint Id", id),
    fields: {
      "vpc-id": (e) => [e.vpcId],
      "vpc-endpoint-id": (e) => [e.id],
      "vpc-endpoint-state": (e) => [e.state],
    },
    shape: (e): ec2.VpcEndpoint => ({
      VpcEndpointId: e.id,
      VpcEndpointType: e.type,
      VpcId: e.vpcId,
      ServiceName: e.service,
      State: e.state as unknown as ec2.State, // lower case on the wire, whatever the SDK says,
      NetworkInterfaceIds: [...e.interfaceIds],
      Groups: e.groupIds.map((GroupId) => ({ GroupId })),
      RouteTableIds: [...e.routeTableIds],
      RequesterManaged: false,
      Tags: tagList(e.tags),
    }),
    result: "VpcEndpoints",
  }),
  DeleteVpcEndpoints: operation<ec2.DeleteVpcEndpointsCommandInput, ec2.DeleteVpcEndpointsCommandOutput>(
    (input, world) =>
      (input.VpcEndpointIds ?? []).map((id) => on("ec2:DeleteVpcEndpoints", world.endpoints.get(id), "*")),
    (input, call) => ({
      Unsuccessful: (input.VpcEndpointIds ?? []).flatMap((id) => deleteEndpoint(id, call)),
    }),
  ),
  DescribeFlowLogs: describe("DescribeFlowLogs", {
    store: (world: World) => world.flowLogs,
    ids: (input: ec2.DescribeFlowLogsCommandInput & { Filters?: ec2.Filter[] }) => input.FlowLogIds,
    missing: (id) => ec2NotFound("FlowLogId", "flow log ID", id),
    fields: {
      "resource-id": (f) => [f.resourceId],
      "flow-log-id": (f) => [f.id],
      "log-group-name": (f) => [f.logGroup],
    },
    shape: (f): ec2.FlowLog => ({
      FlowLogId: f.id,
      ResourceId: f.resourceId,
      LogGroupName: f.logGroup,
      FlowLogStatus: "ACTIVE",
      Tags: tagList(f.tags),
    }),
    result: "FlowLogs",
  }),
  DeleteFlowLogs: operation<ec2.DeleteFlowLogsCommandInput, ec2.DeleteFlowLogsCommandOutput>(
    (input, world) =>
      (input.FlowLogIds ?? []).map((id) => on("ec2:DeleteFlowLogs", world.flowLogs.get(id), "*")),
    (input, call) => ({
      Unsuccessful: (input.FlowLogIds ?? []).flatMap((id) => {
        if (call.random.chance(call.partialFailure)) return [failed(id, "InternalError")];
        if (!call.world.flowLogs.get(id)) return [failed(id, "InvalidFlowLogId.NotFound")];
        call.world.flowLogs.delete(id);
        return [];
      }),
    }),
  ),
};

const DESCRIBE_ADDRESSES = describe("DescribeAddresses", {
  store: (world: World) => world.addresses,
  ids: (input: ec2.DescribeAddressesCommandInput) => input.AllocationIds,
  missing: (id) => ec2NotFound("AllocationID", "allocation ID", id),
  fields: {
    "allocation-id": (a) => [a.id],
    "association-id": (a) => [a.associationId],
    "network-interface-id": (a) => [a.interfaceId],
  },
  shape: (a): ec2.Address => ({
    AllocationId: a.id,
    PublicIp: a.publicIp,
    Domain: "vpc",
    AssociationId: a.associationId,
    NetworkInterfaceId: a.interfaceId,
    Tags: tagList(a.tags),
  }),
  result: "Addresses",
});

function failed(id: string, code: string): ec2.UnsuccessfulItem {
  return { ResourceId: id, Error: { Code: code, Message: `${id}: ${code}` } };
}

function deleteEndpoint(id: string, call: Call): ec2.UnsuccessfulItem[] {
  const { world } = call;
  const endpoint = world.endpoints.get(id);
  if (!endpoint) return [failed(id, "InvalidVpcEndpoint.NotFound")];
  if (call.random.chance(call.partialFailure)) return [failed(id, "InternalError")];
  if (endpoint.state === "deleting") return [];
  endpoint.state = "deleting";
  after(call, DURATIONS.endpoint, () => {
    for (const interfaceId of endpoint.interfaceIds) world.interfaces.delete(interfaceId);
    world.endpoints.delete(id);
  });
  return [];
}
