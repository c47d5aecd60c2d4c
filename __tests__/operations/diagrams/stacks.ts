import type { Environment } from "../../../environments/schema";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { synthesize } from "../../support/golden";

/** Stacks, parsed, by their id. @default those of prod, staging and an ephemeral environment */
export function parsedStacks(
  environments: readonly Environment[] = [prodEnvironment, stagingEnvironment, ephemeralEnvironment],
): Map<string, unknown> {
  const texts = synthesize(environments);
  return new Map([...texts].map(([id, text]) => [id, JSON.parse(text) as unknown]));
}
