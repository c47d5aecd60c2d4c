import type { TerraformJson, TerraformResource } from "../../contract/terraform-json";

/** A violation of a rule. The message states the problem and the fix. */
export interface Violation {
  readonly address: string;
  readonly message: string;
}

/** A check of a stack's synthesized JSON. */
export type Rule = (
  resources: readonly TerraformResource[],
  synthesized: TerraformJson,
) => Iterable<Violation>;

export function ofType(resources: readonly TerraformResource[], ...types: string[]): TerraformResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** Whether a string argument refers to a resource, as in `${aws_s3_bucket.x.id}`. */
export function refersTo(value: unknown, address: string): boolean {
  return typeof value === "string" && value.includes(`\${${address}.`);
}
