/** A policy as JSON says it, with one value or a list of them everywhere. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Statement: readonly Statement[];
}

/** What a caller wants to do. Keys of `context` in any case; a key that is absent is not in the request. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export type Decision =
  | { readonly kind: "allowed"; readonly by: string }
  | { readonly kind: "denied"; readonly by: string }
  /** Nobody allows it. */
  | { readonly kind: "implicitlyDenied" };

/** A policy uses something that this evaluator does not know: never taken for "no match". */
export class UnknownPolicyElement extends Error {}

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
