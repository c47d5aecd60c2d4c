import { constructNames } from "../review/construct-names";
import { actionOf } from "../review/resources";
import type { StackRef } from "../../environments/schema/stacks";
import { UserError } from "../../contract/user-error";
import { RegistryMissing } from "../../registry/missing";
import type { Registry } from "../../registry/registry";
import type { SavedPlan } from "./make-plan";

/** @throws UserError when the environment's file protects the stack */
export function refuseProtected({ id, environment, definition }: StackRef): void {
  if (!definition?.deletionProtection) return;
  const rule =
    environment === "prod"
      ? " The rules require true for prod (environments/schema/cross-field-rules.ts), so change that rule too."
      : "";
  throw new UserError(
    `${id} is protected: deletionProtection is true in ${environment}'s file. Nothing was changed.\n` +
      `To destroy it, set deletionProtection: false there, run automock deploy ${id}, then automock destroy ${id}.${rule}`,
  );
}

/**
 * Refuses an environment that `automock protect` protects. Without a registry nothing is protected.
 *
 * @throws UserError when the environment's record protects it
 */
export async function refuseProtectedByRecord(
  registry: Pick<Registry, "get">,
  { id, environment, definition }: StackRef,
): Promise<void> {
  if (definition?.ttlHours === undefined) return;
  const read = await registry.get(environment).catch((error: unknown) => {
    if (error instanceof RegistryMissing) return undefined;
    throw error;
  });
  if (read?.kind !== "record" || !read.record.protected) return;
  throw new UserError(
    `${id} is protected until someone unprotects it. Nothing was changed.\n` +
      `To destroy it, run automock unprotect ${id}, then automock destroy ${id}.`,
  );
}

/**
 * Refuses a destruction that AWS would refuse halfway: the file disables the protection, but that is not deployed yet.
 *
 * @throws UserError that names the protected resources
 */
export function refuseStillProtected(
  { id }: StackRef,
  { plan, synthesized }: Pick<SavedPlan, "plan" | "synthesized">,
) {
  const nameOf = constructNames(synthesized);
  const names = (plan.resource_changes ?? [])
    .filter((resource) => actionOf(resource) === "destroy")
    .filter(({ change }) => ATTRIBUTES.some((name) => (change.before as Values | null)?.[name] === true))
    .map(({ address, type }) => `  ${nameOf(address)} (${type})`);
  if (names.length === 0) return;
  throw new UserError(
    `${id} is still protected: AWS refuses to delete\n${names.join("\n")}\n` +
      "The environment's file has deletionProtection: false, but that is not deployed yet. Nothing was changed.\n" +
      `To destroy it, run automock deploy ${id}, then automock destroy ${id}.`,
  );
}

type Values = Readonly<Record<string, unknown>>;

/** Attributes of load balancers and databases. */
const ATTRIBUTES = ["enable_deletion_protection", "deletion_protection"];
