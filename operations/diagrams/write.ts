import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatFaults } from "../../contract/fault";
import { loadEnvironments } from "../../environments/schema";
import { runApp, stackFolder } from "../terraform/run-app";
import { bootstrapsOf, stacksOf } from "../../environments/schema/stacks";
import { drawStack } from "./draw";

/**
 * `npm run diagrams`: synthesizes the stacks and writes a picture of each permanent one to `docs/diagrams/`.
 * Ephemeral environments have no pictures there.
 */
async function writeDiagrams(projectFolder: string): Promise<void> {
  const { environments, faults } = loadEnvironments(join(projectFolder, "environments"));
  if (faults.length > 0) throw new Error(formatFaults(faults));
  await runApp({ projectFolder, env: process.env });
  const folder = join(projectFolder, "docs", "diagrams");
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old.endsWith(".svg")) rmSync(join(folder, old));
  const permanent = environments.filter(({ ttlHours }) => ttlHours === undefined);
  for (const { id } of [...bootstrapsOf(permanent), ...stacksOf(permanent)]) {
    const file = join(stackFolder({ projectFolder }, id), "cdk.tf.json");
    const picture = await drawStack(JSON.parse(readFileSync(file, "utf8")), { title: id });
    writeFileSync(join(folder, `${id}.svg`), picture);
    process.stdout.write(`docs/diagrams/${id}.svg\n`);
  }
}

writeDiagrams(join(__dirname, "..", "..")).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
