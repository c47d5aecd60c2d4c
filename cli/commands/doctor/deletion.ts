import type { StackRef } from "../../../environments/schema/stacks";
import type { Registry } from "../../../registry/registry";
import { RegistryMissing } from "../../../registry/missing";
import { ok, skipped, warning, type Check } from "./check";

/** Says whether the reaper deletes expired environments or only reports them, where an environment is ephemeral. */
export async function checkDeletion(
  registry: Pick<Registry, "deletionEnabled">,
  stacks: readonly StackRef[],
): Promise<Check[]> {
  if (!stacks.some(({ definition }) => definition?.ttlHours !== undefined)) return [];
  try {
    return [
      (await registry.deletionEnabled())
        ? ok("deletion", "enabled: expired environments are deleted")
        : warning(
            "deletion",
            "not enabled: the reaper only reports which ephemeral environments it would delete",
            "When the reports are what you expect, run automock bootstrap --enable-deletion.",
          ),
    ];
  } catch (error) {
    if (error instanceof RegistryMissing) return [skipped("deletion", "requires the reaper")];
    throw error;
  }
}
