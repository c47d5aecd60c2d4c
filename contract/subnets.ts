/** How a VPC is divided into subnets: shared by the network that is created and the rules that check it. */

/**
 * Prefix lengths of a VPC. AWS makes none larger than /16, and a load balancer wants at least a /27 with 8 free
 * addresses, which is a 32nd of the VPC here.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
 */
export const VPC_PREFIX = { largest: 16, smallest: 22 } as const;

/** Places per tier: a power of two, so that each subnet is a network; the two beyond `f` stay free. */
export const SUBNET_PLACES = 8;

/**
 * Part of the VPC that a tier takes, as fractions of its size. Tasks live in the private tier and each takes
 * an address, so it gets half.
 */
export const SUBNET_TIERS = {
  privateCidr: { start: 0, share: 1 / 2 },
  publicCidr: { start: 1 / 2, share: 1 / 4 },
  isolatedCidr: { start: 3 / 4, share: 1 / 4 },
} as const;

/** Addresses of each subnet that AWS keeps: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_ADDRESSES = 5;

/**
 * Addresses for tasks in all private subnets of a VPC.
 *
 * @param prefixLength of the VPC
 * @param zones number of availability zones
 * @param endpoints interface endpoints: each takes an address in every zone
 */
export function taskAddresses(prefixLength: number, zones: number, endpoints: number): number {
  const subnet = (2 ** (32 - prefixLength) * SUBNET_TIERS.privateCidr.share) / SUBNET_PLACES;
  return zones * (subnet - RESERVED_ADDRESSES - endpoints);
}
