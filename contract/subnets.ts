/**
 * Prefix lengths of a VPC. AWS allows at most a /16. A load balancer needs at least a /27 with 8 free addresses, which
 * is 1/32 of a /22.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
 */
export const VPC_PREFIX = { largest: 16, smallest: 22 } as const;

/** Subnets per tier. A power of two, so that each is a valid network; zones a to f use six of them. */
export const SUBNET_PLACES = 8;

/** Position and size of each tier, as fractions of the VPC. Every task takes an address in the private tier. */
export const SUBNET_TIERS = {
  privateCidr: { start: 0, share: 1 / 2 },
  publicCidr: { start: 1 / 2, share: 1 / 4 },
  isolatedCidr: { start: 3 / 4, share: 1 / 4 },
} as const;

/** Addresses that AWS reserves in each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_ADDRESSES = 5;

/**
 * Addresses for tasks in a VPC's private subnets.
 *
 * @param zones number of availability zones
 * @param endpoints number of interface endpoints; each takes an address in every zone
 */
export function taskAddresses(prefixLength: number, zones: number, endpoints: number): number {
  const subnet = (2 ** (32 - prefixLength) * SUBNET_TIERS.privateCidr.share) / SUBNET_PLACES;
  return zones * (subnet - RESERVED_ADDRESSES - endpoints);
}
