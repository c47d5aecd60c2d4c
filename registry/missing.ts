import type { Place } from "../contract/names";

/** The account has no registry table in that region. */
export class RegistryMissing extends Error {
  public override readonly name = "RegistryMissing";

  constructor(
    readonly place: Place,
    readonly tableName: string,
  ) {
    super(`account ${place.accountId} has no table ${tableName} in ${place.region}`);
  }
}
