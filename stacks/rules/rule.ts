import type { TerraformJson, TerraformResource } from "../../contract/terraform-json";

/** What a rule finds: which resource, what is wrong, and how to fix it. */
export interface Violation {
  readonly address: string;
  readonly message: string;
}

/** Rules read the synthesized JSON of a stack, the same form that Terraform reads. */
export type Rule = (
  resources: readonly TerraformResource[],
  synthesized: TerraformJson,
) => Iterable<Violation>;

export function ofType(resources: readonly TerraformResource[], ...types: string[]): TerraformResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** True when a string argument refers to a resource, as in `${aws_s3_bucket.x.id}`. */
export function refersTo(value: unknown, address: string): boolean {
  return typeof value === "string" && value.includes(`\${${address}.`);
}
