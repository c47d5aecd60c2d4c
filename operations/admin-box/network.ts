import { DescribeSpotPriceHistoryCommand, DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { UserError } from "../../contract/user-error";
import type { Candidate } from "./launch";
import { type SpotPrice } from "./prices";
import { onDemandUsd } from "../../pricing/admin-box";

export interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly freeAddresses: number;
  /** Whether instances get a public address. */
  readonly publicAddress: boolean;
}

/**
 * The subnets for boxes: those that the settings name, else those of the default VPC.
 *
 * @throws UserError if there are none
 */
export async function subnetsFor(
  ec2: EC2Client,
  subnetIds: readonly string[] | undefined,
): Promise<Subnet[]> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand(
      subnetIds ? { SubnetIds: [...subnetIds] } : { Filters: [{ Name: "default-for-az", Values: ["true"] }] },
    ),
  );
  if (Subnets.length === 0) {
    throw new UserError(
      "The account has no default VPC in this region. Set admin.network: { vpcId, subnetIds } in the environment's file.",
    );
  }
  return Subnets.map((subnet) => ({
    subnetId: subnet.SubnetId!,
    availabilityZone: subnet.AvailabilityZone!,
    freeAddresses: subnet.AvailableIpAddressCount ?? 0,
    publicAddress: subnet.MapPublicIpOnLaunch ?? false,
  })).sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1));
}

/** The current spot price of each type and zone. */
export async function spotPrices(
  ec2: EC2Client,
  instanceTypes: readonly string[],
  now: number,
): Promise<SpotPrice[]> {
  const { SpotPriceHistory = [] } = await ec2.send(
    new DescribeSpotPriceHistoryCommand({
      InstanceTypes: instanceTypes as never,
      ProductDescriptions: ["Linux/UNIX"],
      // From now on: the price in force of each pool.
      StartTime: new Date(now),
    }),
  );
  const byPool = new Map<string, SpotPrice>();
  for (const { InstanceType = "", AvailabilityZone = "", SpotPrice = "" } of SpotPriceHistory) {
    const pool = `${InstanceType} ${AvailabilityZone}`; // the newest comes first
    if (!byPool.has(pool)) {
      byPool.set(pool, {
        instanceType: InstanceType,
        availabilityZone: AvailabilityZone,
        usd: Number(SpotPrice),
      });
    }
  }
  return [...byPool.values()];
}

/** Every type in every subnet with a free address, the cheapest first. */
export function candidatesOf(
  instanceTypes: readonly string[],
  subnets: readonly Subnet[],
  prices: readonly SpotPrice[],
): Candidate[] {
  const usd = ({ instanceType, availabilityZone }: Candidate) =>
    prices.find((price) => price.instanceType === instanceType && price.availabilityZone === availabilityZone)
      ?.usd ?? onDemandUsd(instanceType);
  return instanceTypes
    .flatMap((instanceType) =>
      subnets
        .filter(({ freeAddresses }) => freeAddresses > 0)
        .map(({ subnetId, availabilityZone }) => ({ instanceType, subnetId, availabilityZone })),
    )
    .sort((a, b) => usd(a) - usd(b) || compare(a, b));
}

function compare(a: Candidate, b: Candidate): number {
  return a.instanceType + a.subnetId < b.instanceType + b.subnetId ? -1 : 1;
}
