import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cli } from "../../../../cli/context";
import { planCommand } from "../../../../cli/commands/plan/run";
import { findStack } from "../../../../environments/schema/stacks";
import { prodEnvironment } from "../../../support/environments";

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "plan-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "app" }));
  writeFileSync(join(project, "cdktf.json"), JSON.stringify({ app: `${process.execPath} app.js` }));
  writeFileSync(join(project, "app.js"), 'console.error("automock.tasks.min is missing"); process.exit(1);');
});
afterEach(() => rmSync(project, { recursive: true }));

it("replaces the reports of an older run when the project cannot be synthesized", async () => {
  const out = join(project, "plans");
  mkdirSync(out);
  for (const format of ["md", "html", "json", "sarif"])
    writeFileSync(join(out, `plan.${format}`), "automock deploy automock-prod --plan old");
  const environments = [prodEnvironment];
  const cli = {
    projectFolder: project,
    env: process.env,
    options: {},
    environments: () => environments,
    stack: (id: string) => findStack(id, environments),
    terraform: () => Promise.reject(new Error("terraform is not needed")),
  } as unknown as Cli;
  const report = ["md", "json"] as const;
  const options = { out, report, reportHost: "github", lock: false, head: "abc1234" } as const;
  await expect(planCommand(cli, [], options)).rejects.toThrow("automock.tasks.min is missing");
  const markdown = readFileSync(join(out, "plan.md"), "utf8");
  expect(markdown).toContain("**The project could not be planned:**");
  expect(markdown).toContain("automock.tasks.min is missing");
  expect(markdown).toContain("push `abc1234`");
  expect(markdown).not.toContain("automock deploy");
  expect(JSON.parse(readFileSync(join(out, "plan.json"), "utf8"))).toMatchObject({ stacks: [] });
  // Not asked for this time, and not left from the last time.
  expect([existsSync(join(out, "plan.html")), existsSync(join(out, "plan.sarif"))]).toEqual([false, false]);
});
