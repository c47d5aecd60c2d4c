import { type TerraformJson } from "../../contract/terraform-json";
import { documentedStackIds, type DocumentedStacks } from "../../operations/costs/costs-document";
import { EXAMPLE_ENVIRONMENT } from "../../operations/costs/example-environment";
import type { Environment } from "../../environments/schema";
import { environmentSchema } from "../../environments/schema/schema";
import { synthesize } from "./golden";

/** The stacks whose costs the documents show, as synth writes them. */
export function documentedStacks(permanent: readonly Environment[]): DocumentedStacks {
  const synthesized = synthesize([...permanent, environmentSchema.parse(EXAMPLE_ENVIRONMENT)]);
  return Object.fromEntries(
    documentedStackIds(permanent).map((stack) => [
      stack,
      JSON.parse(synthesized.get(stack)!) as TerraformJson,
    ]),
  );
}
