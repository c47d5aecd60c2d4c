import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Limits the provider's retries for a synthesized `cdk.tf.json`: with the default of 25, one missing operation looks
 * like a hang. Terraform merges `override.tf.json` over the other files, so `cdk.tf.json` stays as synthesized.
 * For output folders of local runs only; a deployment to AWS needs the default.
 */
export function boundRetries(stackFolder: string, maxAttempts = 5): void {
  mkdirSync(stackFolder, { recursive: true });
  const override = { provider: { aws: [{ max_retries: maxAttempts }] } };
  writeFileSync(join(stackFolder, "override.tf.json"), `${JSON.stringify(override, null, 2)}\n`);
}
