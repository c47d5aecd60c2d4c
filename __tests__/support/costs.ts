import { type TerraformJson } from "../../contract/terraform-json";
import { DOCUMENTED_STACKS, type DocumentedStacks } from "../../operations/costs/costs-document";
import { EXAMPLE_ENVIRONMENT } from "../../operations/costs/example-environment";
import { environmentSchema } from "../../environments/schema";
import { prodEnvironment, stagingEnvironment } from "./environments";
import { synthesize } from "./golden";

/** The stacks of which the documents say the costs, as synth writes them. */
export function documentedStacks(): DocumentedStacks {
  const example = environmentSchema.parse(EXAMPLE_ENVIRONMENT);
  const synthesized = synthesize([prodEnvironment, stagingEnvironment, example]);
  return Object.fromEntries(
    DOCUMENTED_STACKS.map((stack) => [stack, JSON.parse(synthesized.get(stack)!) as TerraformJson]),
  ) as DocumentedStacks;
}
