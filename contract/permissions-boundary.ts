import type { Place } from "./names";
import { reaperNames } from "./reaper";

/** The environment whose roles a boundary is for; all ephemeral environments of a place share one. */
export type BoundaryOwner = { readonly environment: string } | "ephemeral";

/** Name of a permissions boundary that the bootstrap stack creates; the same in every stack that refers to it. */
export function boundaryName({ accountId, region }: Place, owner: BoundaryOwner): string {
  const purpose = owner === "ephemeral" ? "ephemeral-boundary" : `boundary-${owner.environment}`;
  return reaperNames(accountId, region).names.name("policy", purpose);
}

/** ARN of the policy of that name. */
export function boundaryArn(place: Place, owner: BoundaryOwner): string {
  return reaperNames(place.accountId, place.region).names.iamArn(`policy/${boundaryName(place, owner)}`);
}
