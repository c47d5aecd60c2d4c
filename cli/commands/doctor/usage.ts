import {
  DescribeAddressesCommand,
  DescribeVpcsCommand,
  paginateDescribeNatGateways,
  paginateDescribeSubnets,
  type EC2Client,
  type Tag,
} from "@aws-sdk/client-ec2";
import { TAG } from "../../../contract/tags";
import type { StackRef } from "../../../environments/schema/stacks";

/** What is in use in an account and region, except by the given stacks. */
export interface OthersUse {
  readonly elasticIps: number;
  readonly vpcs: number;
  /** By availability zone. */
  readonly natGatewaysByZone: Readonly<Record<string, number>>;
}

/** Counts resources without the tags of one of the stacks. */
export async function othersUse(ec2: EC2Client, stacks: readonly StackRef[]): Promise<OthersUse> {
  const own = new Set(stacks.map(({ system, environment }) => `${system}/${environment}`));
  const isOthers = ({ Tags = [] }: { readonly Tags?: readonly Tag[] }) => {
    const value = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    return !own.has(`${value(TAG.system)}/${value(TAG.environment)}`);
  };
  const [{ Addresses = [] }, { Vpcs = [] }, zoneBySubnet] = await Promise.all([
    ec2.send(new DescribeAddressesCommand({})),
    ec2.send(new DescribeVpcsCommand({})),
    zonesOfSubnets(ec2),
  ]);
  const natGatewaysByZone: Record<string, number> = {};
  const living = [{ Name: "state", Values: ["pending", "available"] }];
  for await (const { NatGateways = [] } of paginateDescribeNatGateways({ client: ec2 }, { Filter: living })) {
    for (const gateway of NatGateways.filter(isOthers)) {
      const zone = zoneBySubnet.get(gateway.SubnetId ?? "") ?? "unknown";
      natGatewaysByZone[zone] = (natGatewaysByZone[zone] ?? 0) + 1;
    }
  }
  return {
    elasticIps: Addresses.filter(isOthers).length,
    vpcs: Vpcs.filter(isOthers).length,
    natGatewaysByZone,
  };
}

async function zonesOfSubnets(ec2: EC2Client): Promise<Map<string, string>> {
  const zones = new Map<string, string>();
  for await (const { Subnets = [] } of paginateDescribeSubnets({ client: ec2 }, {})) {
    for (const { SubnetId, AvailabilityZone } of Subnets) zones.set(SubnetId!, AvailabilityZone!);
  }
  return zones;
}
