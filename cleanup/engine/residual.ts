import type { EnvKey } from "./resource";

export interface ResidualItem {
  readonly type: string;
  readonly id: string;
}

export interface ResidualListing {
  readonly items: readonly ResidualItem[];
  /** Gone, but still listed by AWS for a while; with the date of a pending deletion. */
  readonly tombstones: readonly string[];
  /** Left, and perhaps the environment's, but without proof; people have to look at it. */
  readonly unproven: readonly string[];
  /** With any error the result is unknown, never "empty". */
  readonly errors: readonly string[];
}

export interface Residual {
  /**
   * Own listing code, no handler's, no checkpoint.
   *
   * @param vpcId the environment's own VPC, where it has one
   */
  list(env: EnvKey & { readonly vpcId?: string }): Promise<ResidualListing>;
}
