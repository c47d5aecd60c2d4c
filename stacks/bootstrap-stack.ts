import type { Construct } from "constructs";
import type { Environment } from "../environments";
import { StateBackend } from "../modules/state-backend/state-backend";
import { BaseStack } from "./base-stack";

/** Values of an environment that say where a bootstrap stack is and who answers for it. */
export type BootstrapPlace = Pick<Environment, "accountId" | "region" | "owner" | "costCenter" | "locking">;

/**
 * What all environments of an account and region share: the state bucket and the lock table. Deployed once
 * by `npm run bootstrap`, first with a local state that then moves into the bucket itself.
 *
 * Cost: cents a month, for the stored states and the lock requests.
 */
export class BootstrapStack extends BaseStack {
  constructor(scope: Construct, id: string, place: BootstrapPlace) {
    const { accountId, region, owner, costCenter, locking } = place;
    super(scope, id, {
      accountId,
      region,
      locking,
      tags: { system: "bootstrap", environment: "shared", owner, costCenter, ephemeral: false },
    });

    const state = new StateBackend(this, "state-backend", { accountId, region });

    this.output("state_bucket", state.bucketName, "Bucket that holds the state of every stack");
    this.output("lock_table", state.lockTableName, "Table that locks the states");
  }
}
