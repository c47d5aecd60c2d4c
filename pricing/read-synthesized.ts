import type { PricedResource, Values } from "./resource";

/** What cdktf writes: `cdk.tf.json`. */
export interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly provider?: { readonly aws?: readonly Values[] };
}

/** The resources of a synthesized stack. */
export function fromSynthesized({ resource = {} }: SynthesizedStack): PricedResource[] {
  return Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, values]) => ({ address: `${type}.${id}`, type, values })),
  );
}

/** Region of the stack's own provider; `undefined` if it says none. */
export function regionOfSynthesized({ provider }: SynthesizedStack): string | undefined {
  const own = provider?.aws?.find(({ alias }) => alias === undefined);
  return typeof own?.region === "string" ? own.region : undefined;
}
