import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Oldest hashicorp/aws release that supports all defaults of this project. The bindings are for 6.25.0, but cdktf
 * writes only the arguments that are set, so older releases can read the result.
 */
export const AWS_PROVIDER_FLOOR = "5.100.0";

const CEILING = "7.0.0";
const BOUND = Symbol.for("automock.aws-provider-bound");

/**
 * Raises the lower bound of the stack's hashicorp/aws constraint. Call it where an argument is used that older
 * releases do not support, but never for defaults.
 *
 * @param version first provider release with the feature, for example `6.21.0`
 */
export function requireAwsProvider(scope: IConstruct, version: string): void {
  const stack = TerraformStack.of(scope) as TerraformStack & { [BOUND]?: string };
  const current = stack[BOUND] ?? AWS_PROVIDER_FLOOR;
  const bound = isNewer(version, current) ? version : current;
  stack[BOUND] = bound;
  stack.addOverride("terraform.required_providers.aws.version", `>= ${bound}, < ${CEILING}`);
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
