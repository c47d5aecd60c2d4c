import type { Environment } from "../../../environments/schema";
import { environmentSchema } from "../../../environments/schema/schema";
import { staging } from "../../../environments/staging";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { synthesize } from "../../support/golden";

/**
 * Stacks, parsed, by their id, and that of admin boxes by default settings.
 *
 * @default those of prod, staging and an ephemeral environment
 */
export function parsedStacks(
  environments: readonly Environment[] = [prodEnvironment, stagingEnvironment, ephemeralEnvironment],
): Map<string, unknown> {
  const texts = synthesize(environments);
  const optedIn = synthesize([environmentSchema.parse({ ...staging, admin: {} })]);
  texts.set("admin-staging", optedIn.get("admin-staging")!);
  return new Map([...texts].map(([id, text]) => [id, JSON.parse(text) as unknown]));
}
