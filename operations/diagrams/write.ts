import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatFaults } from "../../contract/fault";
import { loadEnvironments } from "../../environments/schema";
import { bootstrapsOf, stacksOf } from "../../environments/schema/stacks";
import { optIn } from "../terraform/admin-opt-in";
import { copyProject } from "../terraform/project-copy";
import { runApp, stackFolder } from "../terraform/run-app";
import { drawStack } from "./draw";

/** The stack that an environment has only after opting in. */
const OPT_IN = "admin-staging";

/**
 * `npm run diagrams`: synthesizes the stacks and writes a picture of each permanent one to `docs/diagrams/`, with admin
 * boxes in staging. Ephemeral environments have no pictures there.
 */
async function writeDiagrams(projectFolder: string): Promise<void> {
  const { environments, faults } = loadEnvironments(join(projectFolder, "environments"));
  if (faults.length > 0) throw new Error(formatFaults(faults));
  const permanent = environments.filter(({ ttlHours }) => ttlHours === undefined);
  const ids = new Set(
    [...bootstrapsOf(permanent), ...stacksOf(permanent)].map(({ id }) => id).concat(OPT_IN),
  );
  const copy = copyProject(mkdtempSync(join(tmpdir(), "diagrams-")));
  try {
    if (!permanent.some(({ admin }) => admin)) optIn(copy.folder);
    await runApp({ projectFolder: copy.folder, env: process.env });
    const folder = join(projectFolder, "docs", "diagrams");
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)) if (old.endsWith(".svg")) rmSync(join(folder, old));
    for (const id of ids) {
      const file = join(stackFolder({ projectFolder: copy.folder }, id), "cdk.tf.json");
      const picture = await drawStack(JSON.parse(readFileSync(file, "utf8")), { title: id });
      writeFileSync(join(folder, `${id}.svg`), picture);
      process.stdout.write(`docs/diagrams/${id}.svg\n`);
    }
  } finally {
    copy.remove();
  }
}

writeDiagrams(join(__dirname, "..", "..")).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
