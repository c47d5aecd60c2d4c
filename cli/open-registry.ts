import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Cli } from "./context";
import type { Place } from "../environments/stacks";
import { Registry } from "../operations/leases/registry";

/** The registry of a place, with the command's credentials. */
export function openRegistry(cli: Cli, { accountId, region }: Place): Registry {
  return new Registry(new DynamoDBClient(cli.clientConfig(region)), { accountId, region });
}
