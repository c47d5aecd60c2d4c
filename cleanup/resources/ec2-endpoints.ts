import { DeleteVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import type { Access } from "../aws/clients";
import { chunks } from "../aws/pages";
import type { Unsuccessful } from "./ec2-listing";
import { together } from "./shared";

/** Endpoints in one call. So many names of environments also fit into the policy of a session. */
const AT_ONCE = 25;

interface Endpoint {
  readonly id: string;
  /** By its tag; `undefined` for one that only the state claims. */
  readonly environment?: string;
}

/**
 * Deletes an endpoint. AWS takes only 0.3 of these calls per second, whatever the number of ids in one: environments that
 * are deleted at the same time share their calls. Returns EC2's failures.
 */
export async function deleteEndpoint(
  { read, write, endpointsOf }: Access,
  { id, environment }: Endpoint,
): Promise<readonly Unsuccessful[]> {
  const request = async ({ ec2 }: Pick<Access["write"], "ec2">, VpcEndpointIds: string[]) =>
    (await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }))).Unsuccessful ?? [];
  if (!endpointsOf || environment === undefined) return request(write, [id]);

  const ask = async (values: readonly string[]): Promise<Unsuccessful[]> => {
    const failures: Unsuccessful[] = [];
    for (const chunk of chunks(values, AT_ONCE)) {
      const pairs = chunk.map((value) => value.split(" ") as [environment: string, id: string]);
      const environments = [...new Set(pairs.map(([name]) => name))];
      const isOwn = environments.every((name) => name === environment);
      const clients = isOwn ? write : await endpointsOf(environments);
      failures.push(
        ...(await request(
          clients,
          pairs.map(([, one]) => one),
        )),
      );
    }
    return failures;
  };
  const failures = await together(read.ec2, "ec2:vpc-endpoint", `${environment} ${id}`, ask, () =>
    request(write, [id]),
  );
  return failures.filter(({ ResourceId = id }) => ResourceId === id);
}
