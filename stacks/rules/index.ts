import { Annotations, TerraformStack, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { suppressedText, type Suppression } from "../../contract/suppression";
import { resourcesOf, type TerraformJson } from "../../contract/terraform-json";
import { RULES } from "./all";
import type { Rule } from "./rule";
import { suppressionAt, suppressionsBelow } from "./suppress";

/** Fails synth with one error per violation, on the construct that causes it, unless that is suppressed. */
export class Rules implements IAspect {
  public visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node)) return;
    const synthesized = node.toTerraform() as TerraformJson;
    const resources = resourcesOf(synthesized);
    const used = new Set<Suppression>();
    for (const [name, rule] of Object.entries<Rule>(RULES)) {
      for (const { address, message } of rule(resources, synthesized)) {
        const at = nodeAt(node, synthesized, address);
        const suppression = suppressionAt(at, name);
        const finding = `${address}: ${message}`;
        if (suppression === undefined) Annotations.of(at).addError(finding);
        else {
          used.add(suppression);
          Annotations.of(at).addInfo(suppressedText(suppression, finding));
        }
      }
    }
    for (const { construct, suppression } of suppressionsBelow(node)) {
      if (used.has(suppression)) continue;
      Annotations.of(construct).addError(
        `The suppression of ${suppression.rule} suppresses nothing: remove it.`,
      );
    }
  }
}

/** The construct of an address, found by the path in cdktf's metadata. */
function nodeAt(stack: TerraformStack, { resource = {} }: TerraformJson, address: string): IConstruct {
  const [type, id] = address.split(".") as [string, string];
  const metadata = resource[type]?.[id]?.["//"] as { metadata?: { path?: string } } | undefined;
  const path = metadata?.metadata?.path;
  return stack.node.findAll().find(({ node }) => node.path === path) ?? stack;
}
