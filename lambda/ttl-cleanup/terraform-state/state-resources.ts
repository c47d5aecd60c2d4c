import type { Clients } from "../../../cleanup/aws/clients";
import { handledBy as handledByType } from "../../../cleanup/resources/terraform-types";
import { registryTableName } from "../../../contract/names";
import type { StateRef } from "../../../contract/registry";
import type { Scan, StateResource } from "../core/ports";
import { parseState, type StateInstance } from "./state-file";
import { readState } from "./store";

/** Where the bookkeeping of an environment is. */
export interface Home {
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
}

/** The entries of an environment's state; empty if it was never applied. Throws if it cannot be read. */
export async function stateResources(
  read: Pick<Clients, "s3">,
  home: Home & { readonly stateRef: StateRef },
): Promise<Pick<Scan, "state" | "stateVersion">> {
  const object = await readState(read, home.stateRef);
  if (!object) return { state: [] };
  const { instances } = parseState(object.bytes);
  return { state: instances.map((one) => stateResource(one, home)), stateVersion: object.etag };
}

/** An entry of the state as the core sees it. */
function stateResource(instance: StateInstance, home: Home): StateResource {
  const { address, type, mode, attributes } = instance;
  // A data source is not deleted, but its type says what its id means.
  const handler = handledBy(instance, home);
  const ids = [attributes.id, attributes.arn].filter((id) => id !== undefined);
  return { address, terraformType: type, mode, handledBy: handler, ids: [...new Set(ids)] };
}

/** Who deletes an entry of the state. The reaper itself deletes the environment's bookkeeping, last. */
export function handledBy({ type, attributes }: StateInstance, home: Home): StateResource["handledBy"] {
  switch (type) {
    case "aws_dynamodb_table_item":
      return attributes.table_name === registryTableName(home.accountId, home.region)
        ? "part"
        : "unsupported";
    default:
      return handledByType(type, attributes);
  }
}
