import type { TerraformJson } from "../../contract/terraform-json";
import type { Rule } from "./rule";

/** A Terraform expression `${…}`, but not the escaped `$${…}`. */
const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/g;
const REFERENCE = /\b(data\.)?((?:aws|terraform)_[a-z0-9_]+)\.([A-Za-z0-9_-]+)/g;

/** A stack may refer only to its own resources, so that it can be planned and applied alone. */
export const ownReferences: Rule = function* (resources, synthesized) {
  for (const { address, values: args } of resources) {
    const { depends_on = [] } = args as { depends_on?: readonly string[] };
    const expressions = [...JSON.stringify(args).matchAll(EXPRESSION)].map(([, expression]) => expression!);
    const foreign = new Set([...expressions, ...depends_on].flatMap((text) => missingIn(text, synthesized)));
    for (const reference of foreign) {
      yield {
        address,
        message: `Refers to ${reference}, which is not in this stack. Compute its name or ARN with Names instead.`,
      };
    }
  }
};

function missingIn(text: string, { resource = {}, data = {} }: TerraformJson): string[] {
  return [...text.matchAll(REFERENCE)]
    .filter(([, isData, type, id]) => !(isData ? data : resource)[type!]?.[id!])
    .map(([reference]) => reference);
}
