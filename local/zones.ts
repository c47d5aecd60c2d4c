import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import type { Environment } from "../environments/schema";
import { servicesOf } from "../environments/schema/systems";
import type { LocalClientConfig } from "./environment";

/** Creates the hosted zones that stacks with a domain look up. In a real account they exist. */
export async function makeZones(
  clientConfig: LocalClientConfig,
  environments: readonly Environment[],
): Promise<void> {
  const zones = environments.flatMap(servicesOf).flatMap(({ values }) => values.domain?.zones ?? []);
  const client = new Route53Client(clientConfig);
  for (const Name of new Set(zones)) {
    await client.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  }
  client.destroy();
}
