import { canonicalJson } from "../../contract/json";
import { actionOf } from "../review/resources";
import type { ResourceChange, TerraformPlan } from "../terraform/plan-json";
import { UserError } from "../../contract/user-error";

/**
 * Refuses a saved plan if a new plan would do something else: someone changed a resource outside of Terraform, and the
 * state does not show it.
 *
 * @param now plan of the same configuration and state, only for comparison; it is never applied
 * @throws UserError that names the resources
 */
export function verifyNothingElse(stack: string, approved: TerraformPlan, now: TerraformPlan): void {
  const [then, today] = [operationsOf(approved), operationsOf(now)];
  const lines = [...new Set([...then.keys(), ...today.keys()])].sort().flatMap((address) => {
    const [before, after] = [then.get(address), today.get(address)];
    if (before?.text === after?.text) return [];
    if (before === undefined) return [`${address}: now also to ${after!.action}`];
    if (after === undefined) return [`${address}: no longer to ${before.action}`];
    return [`${address}: to ${after.action}, but not as approved`];
  });
  if (lines.length === 0) return;
  throw new UserError(
    `${stack} was changed outside of Terraform since the plan was created; a deployment would not do what was approved:\n` +
      `${lines.map((line) => `  ${line}`).join("\n")}\n` +
      `Nothing was applied. Plan again and review the new plan: automock plan ${stack}`,
  );
}

interface Operation {
  readonly action: string;
  /** The operation as text, for comparison. */
  readonly text: string;
}

function operationsOf(plan: TerraformPlan): Map<string, Operation> {
  return new Map(
    (plan.resource_changes ?? []).flatMap((resource) => {
      const action = actionOf(resource);
      const id =
        resource.deposed === undefined ? resource.address : `${resource.address} ${resource.deposed}`;
      return action === undefined ? [] : [[id, { action, text: workText(resource) }] as const];
    }),
  );
}

/**
 * For a deleted resource only the action, for any other the changed attributes. Attributes that AWS alone updates, such
 * as a database's latest restorable time, are not part of an approval.
 */
function workText({ change, previous_address }: ResourceChange): string {
  const { actions, replace_paths, before, after, after_unknown } = change;
  const [from, to, unknown] = [before, after, after_unknown].map((value) => (value ?? {}) as Values);
  const names = [...new Set([...Object.keys(to!), ...Object.keys(unknown!)])].sort();
  const changed = names
    .map((name) => [name, from![name], to![name], unknown![name]] as const)
    .filter(([, was, will, open]) => canonicalJson(was) !== canonicalJson(will) || isOpen(open));
  return canonicalJson([actions, replace_paths, previous_address, changed]);
}

type Values = Readonly<Record<string, unknown>>;

/** Whether a mark of unknown values contains a true value. */
function isOpen(mark: unknown): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some(isOpen);
}
