import type { IConstruct } from "constructs";
import { suppressionFault, type Suppression } from "../../contract/suppression";
import type { RuleName } from "./all";

const METADATA = "automock:suppression";

/**
 * Accepts what a rule finds at a construct and below it, until a day. The report of each plan lists it; from the day
 * after, the plan must not be applied.
 *
 * @throws Error when there is no reason, or `expires` is not a day
 */
export function suppress(
  construct: IConstruct,
  suppression: Suppression & { readonly rule: RuleName },
): void {
  const fault = suppressionFault(suppression);
  if (fault !== undefined)
    throw new Error(`${construct.node.path}: suppression of ${suppression.rule}: ${fault}`);
  construct.node.addMetadata(METADATA, suppression);
}

/** The suppression of a rule at a construct, or the closest one above it. */
export function suppressionAt({ node }: IConstruct, rule: string): Suppression | undefined {
  return [...node.scopes]
    .reverse()
    .flatMap(suppressionsOf)
    .find((each) => each.rule === rule);
}

/** Every suppression in a stack. */
export function suppressionsBelow({
  node,
}: IConstruct): { readonly construct: IConstruct; readonly suppression: Suppression }[] {
  return node
    .findAll()
    .flatMap((construct) => suppressionsOf(construct).map((suppression) => ({ construct, suppression })));
}

function suppressionsOf({ node }: IConstruct): Suppression[] {
  return node.metadata.filter(({ type }) => type === METADATA).map(({ data }) => data as Suppression);
}
