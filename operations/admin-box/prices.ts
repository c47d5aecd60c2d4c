import { BOX_TERMS } from "../../contract/admin-box";
import { extrasUsd, onDemandUsd } from "../../pricing/admin-box";
import type { Range } from "../../pricing/charge";

export type Market = "spot" | "on-demand";

/** A spot price in US dollars per hour. */
export interface SpotPrice {
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly usd: number;
}

export interface EstimateInput {
  readonly instanceTypes: readonly string[];
  readonly spotPrices: readonly SpotPrice[];
  readonly markets: readonly Market[];
  readonly hours: number;
  readonly publicAddress: boolean;
}

/**
 * Cost of a box in US dollars. Low: the cheapest pool. Expected: the cheapest type of the first market. High: the most
 * expensive type on demand, found by the hourly sweep only.
 */
export function estimate({ instanceTypes, spotPrices, markets, hours, publicAddress }: EstimateInput): Range {
  const onDemand = instanceTypes.map(onDemandUsd);
  const spot = spotPrices.map(({ usd }) => usd);
  const cheapest = markets.map((market) =>
    Math.min(...(market === "spot" && spot.length > 0 ? spot : onDemand)),
  );
  const extras = extrasUsd(publicAddress);
  const latest = hours + BOX_TERMS.sweepMinutes / 60;
  return {
    low: (Math.min(...cheapest) + extras) * hours,
    expected: (cheapest[0]! + extras) * hours,
    high: (Math.max(...onDemand) + extras) * latest,
  };
}

/** Cost so far of a box that runs. */
export function usdSoFar(hourly: number, launchedAt: number, now: number): number {
  return (hourly * Math.max(0, now - launchedAt)) / 3_600_000;
}
