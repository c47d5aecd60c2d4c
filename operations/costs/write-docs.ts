import { type TerraformJson } from "../../contract/terraform-json";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironments } from "../../environments/schema";
import { copyProject } from "../terraform/project-copy";
import { runApp, stackFolder } from "../terraform/run-app";
import { costsDocument, documentedStackIds, readmeCosts, taskApiCosts } from "./costs-document";
import { EXAMPLE_ENVIRONMENT } from "./example-environment";

/** `npm run costs`: writes docs/costs.md and the cost tables of README.md and docs/task-api.md. */

const ROOT = join(__dirname, "..", "..");

async function main(): Promise<void> {
  const copy = copyProject(mkdtempSync(join(tmpdir(), "costs-")));
  try {
    const { name } = EXAMPLE_ENVIRONMENT;
    writeFileSync(
      join(copy.folder, "environments", "ephemeral", `${name}.json`),
      JSON.stringify(EXAMPLE_ENVIRONMENT),
    );
    await runApp({ projectFolder: copy.folder, env: process.env });
    const permanent = loadEnvironments(join(copy.folder, "environments")).environments.filter(
      ({ ttlHours }) => ttlHours === undefined,
    );
    const stacks = Object.fromEntries(
      documentedStackIds(permanent).map((stack) => {
        const file = join(stackFolder({ projectFolder: copy.folder }, stack), "cdk.tf.json");
        return [stack, JSON.parse(readFileSync(file, "utf8")) as TerraformJson];
      }),
    );
    rewrite("docs/costs.md", () => costsDocument(stacks));
    rewrite("README.md", (text) => readmeCosts(text, stacks));
    rewrite("docs/task-api.md", (text) => taskApiCosts(text, stacks));
  } finally {
    copy.remove();
  }
}

function rewrite(file: string, change: (text: string) => string): void {
  const path = join(ROOT, file);
  const text = readFileSync(path, "utf8");
  const next = change(text);
  if (next !== text) writeFileSync(path, next);
  process.stdout.write(`${file}: ${next === text ? "unchanged" : "written"}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
