import type { RegistryRecord } from "./registry";

/** The lease of the reaper on a record: who holds it may write, and nobody else of its kind. */

/** Proof that a registry write comes from the holder of the lease. */
export interface Lease {
  readonly environment: string;
  readonly owner: string;
  readonly token: number;
}

/** The token is not ours any more: another pass took over, and this one must stop without a word. */
export class LeaseLost extends Error {
  public override readonly name = "LeaseLost";
}

/** A condition besides the token did not hold: the record was extended or protected meanwhile. */
export class RecordChanged extends Error {
  public override readonly name = "RecordChanged";
}

/** Changes of a record: `null` removes the attribute. */
export type RecordChanges = {
  readonly [K in keyof Omit<RegistryRecord, "environment" | "token">]?: RegistryRecord[K] | null;
};
