import { BOX_VOLUME_GIB } from "../contract/admin-box";
import { hourlyUsd, isPriceId, type PriceId } from "../contract/prices";

/** US dollars per hour on demand of an instance type. @throws Error if the price book does not have it */
export function onDemandUsd(instanceType: string): number {
  const id = `ec2-${instanceType}`;
  if (isPriceId(id)) return hourlyUsd(id);
  throw new Error(`The price book has no price "${id}"; add it to contract/price-book.json.`);
}

/** What a box costs per hour beside the instance: its volume, and a public address if it has one. */
export function extrasUsd(publicAddress: boolean): number {
  const volume = BOX_VOLUME_GIB * hourlyUsd("ebs-gp3" satisfies PriceId);
  return volume + (publicAddress ? hourlyUsd("public-ipv4") : 0);
}
