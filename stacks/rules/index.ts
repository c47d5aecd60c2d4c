import { Annotations, TerraformStack, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { encryption } from "./encryption";
import { noTimestamp } from "./no-timestamp";
import { openIngress } from "./open-ingress";
import { ownReferences } from "./own-references";
import { requiredTags } from "./required-tags";
import { retention } from "./retention";
import { resourcesOf, type TerraformJson } from "../../contract/terraform-json";
import type { Rule } from "./rule";
import { wildcards } from "./wildcards";

const RULES: readonly Rule[] = [
  encryption,
  retention,
  openIngress,
  wildcards,
  requiredTags,
  ownReferences,
  noTimestamp,
];

/** Fails synth with one error per violation, on the construct that causes it. */
export class Rules implements IAspect {
  public visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node)) return;
    const synthesized = node.toTerraform() as TerraformJson;
    const resources = resourcesOf(synthesized);
    for (const { address, message } of RULES.flatMap((rule) => [...rule(resources, synthesized)])) {
      Annotations.of(nodeAt(node, synthesized, address)).addError(`${address}: ${message}`);
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
