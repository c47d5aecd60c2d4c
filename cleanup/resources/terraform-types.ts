import { RESOURCE_TYPES } from "./resource-types";

/** Who deletes a Terraform resource: a handler, another resource together with it, or no one. */
export type HandledBy = { readonly type: string } | "part" | "unsupported";

/** Terraform types that are not resources of AWS. */
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
 * Who deletes a resource of this Terraform type. An unknown type is named, blocks "done" and is never skipped.
 *
 * @param attributes attributes in the state that distinguish two kinds of one type
 */
export function handledBy(
  terraformType: string,
  attributes: Readonly<Record<string, string | undefined>>,
): HandledBy {
  const known = KNOWN.get(terraformType);
  const fits = Object.entries(known?.where ?? {}).every(([name, value]) => attributes[name] === value);
  return known && fits ? known.handledBy : "unsupported";
}
