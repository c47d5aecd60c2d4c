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
import { errorName } from "../aws/errors";
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { ec2Listing, removeUnlessInterfaces } from "./ec2-shared";
import { ACCEPTED, GONE, tagsFrom, type HandlerFactory } from "./shared";

/** NAT gateways, Elastic IPs, internet gateways. */
export const ec2Gateways: HandlerFactory = ({ read, write }) => {
  const natGateway: Handler = {
    ...ec2Listing<NatGateway>({
      type: "ec2:nat-gateway",
      idFilter: "nat-gateway-id",
      vpcFilter: "vpc-id",
      async describe(filters, token) {
        const page = await read.ec2.send(
          new DescribeNatGatewaysCommand({ Filter: filters, NextToken: token }),
        );
        return { items: page.NatGateways, next: page.NextToken };
      },
      // Deleted ones stay listed for about an hour.
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
    layer: "workload",
    after: [],
    stuckMs: 30 * MINUTE,
    async remove({ id }) {
      await write.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
      return ACCEPTED;
    },
  };

  const elasticIp: Handler = {
    ...ec2Listing<Address>({
      type: "ec2:elastic-ip",
      idFilter: "allocation-id",
      async describe(filters) {
        return { items: (await read.ec2.send(new DescribeAddressesCommand({ Filters: filters }))).Addresses };
      },
      found: ({ AllocationId, Tags }) =>
        AllocationId === undefined ? undefined : { id: AllocationId, tags: tagsFrom(Tags) },
    }),
    layer: "workload",
    after: ["ec2:nat-gateway"],
    stuckMs: 15 * MINUTE,
    async remove({ id }) {
      await write.ec2.send(new ReleaseAddressCommand({ AllocationId: id }));
      return GONE;
    },
  };

  const internetGateways = {
    type: "ec2:internet-gateway",
    idFilter: "internet-gateway-id",
    vpcFilter: "attachment.vpc-id",
    async describe(filters: { Name?: string; Values?: string[] }[], token: string | undefined) {
      const page = await read.ec2.send(
        new DescribeInternetGatewaysCommand({ Filters: filters, NextToken: token }),
      );
      return { items: page.InternetGateways, next: page.NextToken };
    },
    found: ({ InternetGatewayId, Tags, Attachments, OwnerId }: InternetGateway) => ({
      id: InternetGatewayId!,
      tags: tagsFrom(Tags),
      vpcId: Attachments?.[0]?.VpcId,
      accountId: OwnerId,
    }),
  };
  const internetGateway: Handler = {
    ...ec2Listing<InternetGateway>(internetGateways),
    layer: "workload",
    after: ["ec2:nat-gateway", "elasticloadbalancing:load-balancer"],
    stuckMs: 20 * MINUTE,
    async remove({ id }) {
      const page = await internetGateways.describe(
        [{ Name: "internet-gateway-id", Values: [id] }],
        undefined,
      );
      const vpcIds = (page.items ?? []).flatMap(({ Attachments }) => Attachments ?? []);
      for (const { VpcId } of vpcIds) {
        const outcome = await removeUnlessInterfaces(read, { Name: "vpc-id", Values: [VpcId!] }, async () => {
          try {
            await write.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId }));
          } catch (error) {
            if (errorName(error) !== "Gateway.NotAttached") throw error; // a try whose answer was lost
          }
          return GONE;
        });
        if (outcome.kind !== "gone") return outcome;
      }
      await write.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id }));
      return GONE;
    },
  };

  return [natGateway, elasticIp, internetGateway];
};
