import type { Place } from "../environments/schema/stacks";
import { createClients } from "../operations/aws/clients";
import { Registry } from "../registry/registry";
import type { Workspace } from "../operations/workspace";

/** The registry of an account and region, with the command's credentials. */
export async function openRegistry(
  { clientConfig }: Pick<Workspace, "clientConfig">,
  { accountId, region }: Place,
): Promise<Registry> {
  const { dynamoDb } = await createClients(clientConfig(region), "dynamoDb");
  return new Registry(dynamoDb, { accountId, region });
}
