import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../../../cleanup/aws/clients";
import { handledBy as handledByType } from "../../../cleanup/resources/terraform-types";
import { lockTableName, registryTableName } from "../../../contract/names";
import { registryKey, type StateRef } from "../../../contract/registry";
import type { Scan, StateResource } from "../core/ports";
import { parseState, StateFormatError, type StateInstance } from "./state-file";
import { digestKey, readState } from "./store";

/** Where the bookkeeping of an environment is. */
export interface Home {
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
}

/**
 * The entries of an environment's state; empty if it was never applied.
 *
 * @throws StateFormatError if it is lost or that of another environment
 */
export async function stateResources(
  read: Pick<Clients, "s3" | "dynamoDb">,
  home: Home & { readonly stateRef: StateRef },
): Promise<Pick<Scan, "state" | "stateVersion">> {
  const object = await readState(read, home.stateRef);
  if (!object) {
    await neverApplied(read, home);
    return { state: [] };
  }
  const { instances } = parseState(object.bytes);
  return { state: instances.map((one) => stateResource(one, home)), stateVersion: object.etag };
}

/** Terraform writes the digest of each state that it writes, so that a digest without a state is a lost state. */
async function neverApplied(
  { dynamoDb }: Pick<Clients, "dynamoDb">,
  { accountId, region, stateRef }: Home & { readonly stateRef: StateRef },
): Promise<void> {
  const TableName = lockTableName(accountId, region);
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName, Key: digestKey(stateRef), ConsistentRead: true }),
  );
  if (Item)
    throw new StateFormatError(
      `the state is gone, but the lock table has its digest (${digestKey(stateRef).LockID.S}); restore the last version of the state`,
    );
}

/** An entry of the state as the core sees it. */
function stateResource(instance: StateInstance, home: Home): StateResource {
  const { address, type, mode, attributes } = instance;
  // A data source is not deleted, but its type says what its id means.
  const handler = handledBy(instance, home);
  const ids = [attributes.id, attributes.arn].filter((id) => id !== undefined);
  return { address, terraformType: type, mode, handledBy: handler, ids: [...new Set(ids)] };
}

/**
 * Who deletes an entry of the state. The reaper itself deletes the environment's bookkeeping, last.
 *
 * @throws StateFormatError for the registry record of another environment: the whole state is that one's
 */
export function handledBy({ type, attributes }: StateInstance, home: Home): StateResource["handledBy"] {
  switch (type) {
    case "aws_dynamodb_table_item":
      if (attributes.table_name !== registryTableName(home.accountId, home.region)) return "unsupported";
      refuseForeign(attributes.id, home);
      return "part";
    default:
      return handledByType(type, attributes);
  }
}

/** The provider's id has the key of the item among its parts. */
function refuseForeign(id = "", { environment }: Home): void {
  const named = id.split("|").find((part) => part.startsWith(registryKey("").pk));
  if (named === undefined || named === registryKey(environment).pk) return;
  throw new StateFormatError(
    `the state has the registry record of another environment (${named}), so it is a copy of that one's state; restore the own one`,
  );
}
