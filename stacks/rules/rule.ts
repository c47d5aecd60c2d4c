/** Rules read the synthesized JSON of a stack, the same form that Terraform reads. */

/** Arguments of one resource, in Terraform's names. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Synthesized JSON: resources and providers by type. */
export interface Synthesized {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly provider?: Readonly<Record<string, readonly Arguments[]>>;
}

/** A resource with its address. */
export interface Resource {
  readonly type: string;
  /** `type.logical_id`. */
  readonly address: string;
  readonly arguments: Arguments;
}

/** What a rule finds: which resource, what is wrong, and how to fix it. */
export interface Violation {
  readonly address: string;
  readonly message: string;
}

export type Rule = (resources: readonly Resource[], synthesized: Synthesized) => Iterable<Violation>;

export function resourcesOf({ resource = {} }: Synthesized): Resource[] {
  return Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, args]) => ({ type, address: `${type}.${id}`, arguments: args })),
  );
}

export function ofType(resources: readonly Resource[], ...types: string[]): Resource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** True when a string argument refers to a resource, as in `${aws_s3_bucket.x.id}`. */
export function refersTo(value: unknown, address: string): boolean {
  return typeof value === "string" && value.includes(`\${${address}.`);
}

/** Blocks arrive as an object or as a list of objects. */
export function blocks(value: unknown): Arguments[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Arguments[];
}
