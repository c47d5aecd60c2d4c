import { adminEnvironment } from "./environments";
import { delivery } from "./delivery";
import { synthesize } from "./golden";
import { FIXED_REAPER_CODE } from "./reaper-code";
import { JENKINS } from "./test-env-policies";
import { boundariesOf, decideFor, rolesOf, type SynthesizedRole } from "./iam-evaluator/roles";
import type { Request } from "./iam-evaluator/policy";

/** Every role that the stacks create, with pipelines for prod and staging, admin boxes in staging, and test environments. */

export const [ACCOUNT, REGION] = ["123456789012", "us-east-1"];

export const stacks = synthesize(
  delivery.map((environment) =>
    environment.name === adminEnvironment.name
      ? { ...environment, admin: adminEnvironment.admin }
      : environment,
  ),
  FIXED_REAPER_CODE,
  { testEnvironments: { pipelines: { jenkins: { trust: JENKINS, spec: "orders" } } } },
);

export const boundaries = boundariesOf(stacks.get("bootstrap")!, ACCOUNT, REGION);

export const roles: readonly SynthesizedRole[] = [...stacks.values()]
  .flatMap((text) => rolesOf(text, ACCOUNT, REGION, boundaries))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The only role whose name ends so. */
export function roleNamed(end: string): SynthesizedRole {
  const found = roles.filter(({ name }) => name.endsWith(end));
  if (found.length !== 1) throw new Error(`${found.length} roles end in ${end}`);
  return found[0]!;
}

/** Whether a role may do something: `allowed`, `denied` by a statement, or `implicitlyDenied`. */
export const may = (
  role: SynthesizedRole,
  action: string,
  resource: string,
  context: Request["context"] = {},
): string => decideFor(role, { action, resource, context }, REGION).kind;
