import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { synthesize } from "../../support/golden";

/** All permanent stacks and one ephemeral one, parsed, by their id. */
export function parsedStacks(): Map<string, unknown> {
  const texts = synthesize([prodEnvironment, stagingEnvironment, ephemeralEnvironment]);
  return new Map([...texts].map(([id, text]) => [id, JSON.parse(text) as unknown]));
}
