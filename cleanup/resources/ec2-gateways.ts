import {
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DetachInternetGatewayCommand,
  ReleaseAddressCommand,
  type Address,
  type InternetGateway,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../aws/clients";
import { errorName } from "../aws/errors";
import { MINUTE } from "../engine/time";
import { ec2Listing, removeUnlessInterfaces, type Ec2Type } from "./ec2-listing";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, GONE, tagsFrom } from "./shared";

const natGateway: ResourceType = {
  type: "ec2:nat-gateway",
  terraform: ["aws_nat_gateway"],
  arns: ["natgateway/"],
  stuckMs: 30 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing<NatGateway>(read, "ec2:nat-gateway", {
      idFilter: "nat-gateway-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(
          new DescribeNatGatewaysCommand({ Filter: filters, NextToken: token }),
        );
        return { items: page.NatGateways, next: page.NextToken };
      },
      // Deleted ones remain listed for about an hour.
      found: ({ NatGatewayId, State, Tags, VpcId }) =>
        State === "deleted"
          ? undefined
          : {
              id: NatGatewayId!,
              tags: tagsFrom(Tags),
              vpcId: VpcId,
              presence: State === "deleting" ? "deleting" : "present",
            },
    }),
    async remove({ id }) {
      await write.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
      return ACCEPTED;
    },
  }),
};

const elasticIp: ResourceType = {
  type: "ec2:elastic-ip",
  terraform: ["aws_eip"],
  arns: ["elastic-ip/"],
  after: ["ec2:nat-gateway"],
  handler: ({ read, write }) => ({
    ...ec2Listing<Address>(read, "ec2:elastic-ip", {
      idFilter: "allocation-id",
      async describe(filters) {
        return { items: (await read.ec2.send(new DescribeAddressesCommand({ Filters: filters }))).Addresses };
      },
      found: ({ AllocationId, Tags }) =>
        AllocationId === undefined ? undefined : { id: AllocationId, tags: tagsFrom(Tags) },
    }),
    async remove({ id }) {
      await write.ec2.send(new ReleaseAddressCommand({ AllocationId: id }));
      return GONE;
    },
  }),
};

const internetGateway: ResourceType = {
  type: "ec2:internet-gateway",
  terraform: ["aws_internet_gateway"],
  arns: ["internet-gateway/"],
  // Interfaces with public addresses outlive their load balancer, and hold the gateway.
  after: ["ec2:nat-gateway", "ec2:network-interface", "elasticloadbalancing:load-balancer"],
  stuckMs: 20 * MINUTE,
  handler: ({ read, write }) => ({
    ...ec2Listing(read, "ec2:internet-gateway", internetGateways(read)),
    async remove({ id }) {
      const page = await internetGateways(read).describe(
        [{ Name: "internet-gateway-id", Values: [id] }],
        undefined,
      );
      const vpcIds = (page.items ?? []).flatMap(({ Attachments }) => Attachments ?? []);
      for (const { VpcId } of vpcIds) {
        const outcome = await removeUnlessInterfaces(read, { Name: "vpc-id", Values: [VpcId!] }, async () => {
          try {
            await write.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId }));
          } catch (error) {
            if (errorName(error) !== "Gateway.NotAttached") throw error; // an attempt whose answer was lost
          }
          return GONE;
        });
        if (outcome.kind !== "gone") return outcome;
      }
      await write.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id }));
      return GONE;
    },
  }),
};

/** NAT gateways, Elastic IPs, internet gateways. */
export const ec2Gateways: readonly ResourceType[] = [natGateway, elasticIp, internetGateway];

function internetGateways(read: Clients): Ec2Type<InternetGateway> {
  return {
    idFilter: "internet-gateway-id",
    vpcFilter: "attachment.vpc-id",
    async describe(filters, token) {
      const page = await read.ec2.send(
        new DescribeInternetGatewaysCommand({ Filters: filters, NextToken: token }),
      );
      return { items: page.InternetGateways, next: page.NextToken };
    },
    found: ({ InternetGatewayId, Tags, Attachments, OwnerId }) => ({
      id: InternetGatewayId!,
      tags: tagsFrom(Tags),
      vpcId: Attachments?.[0]?.VpcId,
      accountId: OwnerId,
    }),
  };
}
