import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Range } from "../../pricing/charge";
import type { Candidate } from "./launch";
import { candidatesOf, spotPrices, subnetsFor } from "./network";
import type { AdminPlace } from "./place";
import { estimate, type Market, type SpotPrice } from "./prices";

/** What is known before a launch. */
export interface Preview {
  readonly candidates: readonly Candidate[];
  /** `aws:userid` of the caller. */
  readonly userId: string;
  /** ARN of the caller. */
  readonly caller: string;
  readonly publicAddress: boolean;
  readonly spotPrices: readonly SpotPrice[];
  readonly usd: Range;
  readonly quotas: readonly Quota[];
}

export interface Quota {
  readonly name: string;
  /** vCPUs; absent if the caller may not read it. */
  readonly value?: number;
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits */
const QUOTAS: Readonly<Record<Market, { readonly code: string; readonly name: string }>> = {
  spot: { code: "L-34B43A08", name: "Spot, standard instances" },
  "on-demand": { code: "L-1216C47A", name: "on demand, standard instances" },
};

/** Reads prices, subnets, quotas and the caller. It changes nothing. */
export async function previewOf(
  place: AdminPlace,
  { hours, markets }: { readonly hours: number; readonly markets: readonly Market[] },
): Promise<Preview> {
  const { clients, clock, settings } = place;
  const { instanceTypes } = settings;
  const [{ UserId = "", Arn = "" }, subnets, prices, quotas] = await Promise.all([
    clients.sts.send(new GetCallerIdentityCommand({})),
    subnetsFor(clients.ec2, settings.subnetIds),
    markets.includes("spot") ? spotPrices(clients.ec2, instanceTypes, clock.wall()) : [],
    Promise.all(markets.map((market) => quotaOf(place, market))),
  ]);
  const publicAddress = subnets.some((subnet) => subnet.publicAddress);
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  const reachable = prices.filter(({ availabilityZone }) => zones.has(availabilityZone));
  return {
    candidates: candidatesOf(instanceTypes, subnets, reachable),
    userId: UserId,
    caller: Arn,
    publicAddress,
    spotPrices: reachable,
    usd: estimate({ instanceTypes, spotPrices: reachable, markets, hours, publicAddress }),
    quotas,
  };
}

/** A quota that cannot be read stops no launch: AWS enforces it anyway. */
async function quotaOf({ clients }: AdminPlace, market: Market): Promise<Quota> {
  const { code, name } = QUOTAS[market];
  try {
    const { Quota } = await clients.quotas.send(
      new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: code }),
    );
    return { name, ...(Quota?.Value !== undefined && { value: Quota.Value }) };
  } catch {
    return { name };
  }
}
