import { formatCidr, parseCidr, sizeOf } from "../../contract/cidr";
import { SUBNET_PLACES, SUBNET_TIERS, VPC_PREFIX } from "../../contract/subnets";

/** Letters of the supported availability zones. No AWS region has a zone beyond `f`. */
export const AVAILABILITY_ZONES = ["a", "b", "c", "d", "e", "f"] as const;

/** Subnets of one availability zone, one per tier. */
export interface ZonePlan {
  /** Letter of the zone, for example `a`. */
  readonly letter: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
  readonly isolatedCidr: string;
}

/**
 * Divides a VPC network into a public, a private and an isolated subnet per availability zone. A subnet's
 * position depends only on its tier and letter, so adding or removing a zone never moves another one.
 *
 * In a /16, private subnets are /20 (4091 usable addresses), public and isolated ones are /21 (2043).
 *
 * @param vpcCidr network of the VPC, /16 to /22, for example `10.0.0.0/16`
 * @param availabilityZones two or more distinct letters from a to f, in any order
 * @returns one plan per zone, sorted by letter
 * @throws Error with the message of {@link subnetPlanFault}
 */
export function subnetPlan(vpcCidr: string, availabilityZones: readonly string[]): readonly ZonePlan[] {
  const fault = subnetPlanFault(vpcCidr, availabilityZones);
  if (fault !== undefined) throw new Error(fault);
  const vpc = parseCidr(vpcCidr);
  return [...availabilityZones].sort().map((letter) => {
    const place = AVAILABILITY_ZONES.findIndex((zone) => zone === letter);
    const subnet = ({ start, share }: { start: number; share: number }): string => {
      const size = (sizeOf(vpc) * share) / SUBNET_PLACES;
      return formatCidr({
        start: vpc.start + sizeOf(vpc) * start + place * size,
        prefixLength: 32 - Math.log2(size),
      });
    };
    return {
      letter,
      publicCidr: subnet(SUBNET_TIERS.publicCidr),
      privateCidr: subnet(SUBNET_TIERS.privateCidr),
      isolatedCidr: subnet(SUBNET_TIERS.isolatedCidr),
    };
  });
}

/** All faults in the input of {@link subnetPlan} as one message, or `undefined` if there are none. */
export function subnetPlanFault(vpcCidr: string, availabilityZones: readonly string[]): string | undefined {
  const faults = [vpcCidrFault(vpcCidr), ...availabilityZoneFaults(availabilityZones)];
  return faults.filter((fault) => fault !== undefined).join("; ") || undefined;
}

function vpcCidrFault(vpcCidr: string): string | undefined {
  let prefixLength: number;
  try {
    prefixLength = parseCidr(vpcCidr).prefixLength;
  } catch (error) {
    return `VPC network ${(error as Error).message}`;
  }
  if (prefixLength < VPC_PREFIX.largest)
    return `VPC network ${vpcCidr} is too large: AWS allows no VPC larger than /16; give a network from /16 to /22`;
  if (prefixLength > VPC_PREFIX.smallest)
    return `VPC network ${vpcCidr} is too small: its public subnets would be smaller than the /27 that a load balancer needs; give a network from /16 to /22`;
  return undefined;
}

function availabilityZoneFaults(given: readonly string[]): readonly string[] {
  const known: readonly string[] = AVAILABILITY_ZONES;
  const faults = given
    .filter((zone) => !known.includes(zone))
    .map(
      (zone) =>
        `availability zone "${zone}" is unknown: give the letter alone, one of ${known.join(", ")}, for example "a" for us-east-1a`,
    );
  const repeated = new Set(given.filter((zone, index) => given.indexOf(zone) !== index));
  for (const zone of repeated)
    faults.push(`availability zone "${zone}" is given more than once: name each zone once`);
  if (new Set(given).size < 2)
    faults.push(
      `${new Set(given).size} availability zone(s) given: name at least 2, because a load balancer needs subnets in two`,
    );
  return faults;
}
