import type { TerraformJson } from "../../contract/terraform-json";
import type { Rule } from "./rule";

/** What Terraform evaluates in a string: `${…}`, but not the escaped `$${…}`. */
const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/g;
const REFERENCE = /\b(data\.)?((?:aws|terraform)_[a-z0-9_]+)\.([A-Za-z0-9_-]+)/g;

/** A stack refers to its own resources only: each environment is planned and applied by itself. */
export const ownReferences: Rule = function* (resources, synthesized) {
  for (const { address, values: args } of resources) {
    const { depends_on = [] } = args as { depends_on?: readonly string[] };
    const expressions = [...JSON.stringify(args).matchAll(EXPRESSION)].map(([, expression]) => expression!);
    const foreign = new Set([...expressions, ...depends_on].flatMap((text) => missingIn(text, synthesized)));
    for (const reference of foreign) {
      yield {
        address,
        message: `Refers to ${reference}, which is not in this stack. Make its name or ARN with Names, and pass that.`,
      };
    }
  }
};

function missingIn(text: string, { resource = {}, data = {} }: TerraformJson): string[] {
  return [...text.matchAll(REFERENCE)]
    .filter(([, isData, type, id]) => !(isData ? data : resource)[type!]?.[id!])
    .map(([reference]) => reference);
}
