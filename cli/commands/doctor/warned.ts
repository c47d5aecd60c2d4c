import type { SNSClient } from "@aws-sdk/client-sns";
import type { Place, StackRef } from "../../../environments/schema/stacks";
import { howToBeWarned, warnedOwners } from "../../../operations/leases/warned";
import { ok, skipped, warning, type Check } from "./check";

/** Checks that someone is warned before an environment is deleted, for each owner of an ephemeral environment. */
export async function checkWarned(
  sns: Pick<SNSClient, "send">,
  place: Place,
  stacks: readonly StackRef[],
): Promise<Check[]> {
  const owners = stacks.flatMap(({ definition }) =>
    definition?.ttlHours === undefined ? [] : [definition.owner],
  );
  if (owners.length === 0) return [];
  const found = await warnedOwners(sns, place, owners);
  if (!found) return [skipped("warnings", "requires the reaper")];
  return found.owners.map(({ owner, endpoints }) => {
    const name = `warnings for ${owner}`;
    return endpoints.length > 0
      ? ok(name, `received by ${endpoints.join(", ")}`)
      : warning(
          name,
          `no confirmed subscription receives them, so no environment of ${owner} is ever deleted`,
          howToBeWarned(owner, found.unconfirmed),
        );
  });
}
