/** A value in DynamoDB's JSON, of the kinds that the registry's items have. */
export interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly SS?: readonly string[];
  readonly L?: readonly Attribute[];
  readonly M?: Readonly<Record<string, Attribute>>;
}

/** An item of the registry as plain values; what is none of its kinds becomes `null`. */
export function fromItem(item: Readonly<Record<string, Attribute>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));
}

function fromAttribute({ S, N, BOOL, SS, L, M }: Attribute): unknown {
  if (N !== undefined) return Number(N);
  if (L !== undefined) return L.map(fromAttribute);
  if (M !== undefined) return fromItem(M);
  return S ?? BOOL ?? SS ?? null;
}
