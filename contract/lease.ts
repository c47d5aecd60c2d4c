import type { RegistryRecord } from "./registry";

/** A pass's exclusive right to write an environment's record. */
export interface Lease {
  readonly environment: string;
  readonly owner: string;
  readonly token: number;
}

/** Another pass has taken over the lease. This pass must stop without writing or sending anything. */
export class LeaseLost extends Error {
  public override readonly name = "LeaseLost";
}

/** A condition other than the token failed: the record was extended or protected in the meantime. */
export class RecordChanged extends Error {
  public override readonly name = "RecordChanged";
}

/** Changes to a record; `null` removes the attribute. */
export type RecordChanges = {
  readonly [K in keyof Omit<RegistryRecord, "environment" | "token">]?: RegistryRecord[K] | null;
};
