import { RESOURCE_TYPES } from "./resource-types";

/** Who deletes a resource of Terraform's: a handler, another resource that it goes with, or nobody we know. */
export type HandledBy = { readonly type: string } | "part" | "unsupported";

/** Terraform's types that are no resources of AWS. */
const NOTHING = ["null_resource", "random_id", "random_password", "terraform_data", "time_sleep"];

interface Known {
  readonly handledBy: HandledBy;
  readonly where?: Readonly<Record<string, string>>;
}

const KNOWN: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...NOTHING.map((name) => [name, { handledBy: "part" }] as const),
  ...RESOURCE_TYPES.flatMap(({ type, terraform, parts = [], where }) => [
    ...terraform.map((name) => [name, { handledBy: { type }, where }] as const),
    ...parts.map((name) => [name, { handledBy: "part", where }] as const),
  ]),
]);

/**
 * Who deletes a resource of this Terraform type. What nobody knows blocks "done" by name and is never skipped.
 *
 * @param attributes those of the state that tell two kinds of one type apart
 */
export function handledBy(
  terraformType: string,
  attributes: Readonly<Record<string, string | undefined>>,
): HandledBy {
  const known = KNOWN.get(terraformType);
  const fits = Object.entries(known?.where ?? {}).every(([name, value]) => attributes[name] === value);
  return known && fits ? known.handledBy : "unsupported";
}
