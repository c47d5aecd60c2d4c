import { constructNames } from "../review/construct-names";
import { actionOf } from "../review/resources";
import type { StackRef } from "../../environments/stacks";
import { UserError } from "../../contract/user-error";
import { RegistryMissing } from "../../registry/missing";
import type { Registry } from "../../registry/registry";
import type { SavedPlan } from "./make-plan";

/** @throws UserError when the environment's file protects the stack */
export function refuseProtected({ id, environment, definition }: StackRef): void {
  if (!definition?.deletionProtection) return;
  const rule =
    environment === "prod"
      ? " Of prod the rules demand true (environments/cross-field-rules.ts): that has to be lifted as well."
      : "";
  throw new UserError(
    `${id} is protected: deletionProtection is true in ${environment}'s file. Nothing was changed.\n` +
      `To remove it, write deletionProtection: false there, then automock deploy ${id}, then automock destroy ${id}.${rule}`,
  );
}

/**
 * An ephemeral environment that `automock protect` keeps. A registry that does not exist protects nothing.
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
    `${id} is protected by automock protect. Nothing was changed.\n` +
      `To remove it: automock unprotect ${id}, then automock destroy ${id}.`,
  );
}

/**
 * Refuses a removal that AWS would refuse when most of the stack is gone already: the file lifts the protection, but
 * that is not deployed.
 *
 * @throws UserError that names what is protected
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
    `${id} is still protected: as it is deployed, AWS refuses to delete\n${names.join("\n")}\n` +
      "The environment's file lifts that (deletionProtection: false), which is not deployed yet. Nothing was changed.\n" +
      `To remove it: automock deploy ${id}, then automock destroy ${id}.`,
  );
}

type Values = Readonly<Record<string, unknown>>;

/** Of load balancers and databases. */
const ATTRIBUTES = ["enable_deletion_protection", "deletion_protection"];
