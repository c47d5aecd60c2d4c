import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderHtml } from "../../operations/review/html";
import { STYLE } from "../../operations/review/html-style";
import { renderJson } from "../../operations/review/json";
import { renderMarkdown } from "../../operations/review/markdown";
import type { PolicyFinding } from "../../operations/review/model";
import { buildReport, type ReportOptions } from "../../operations/review/report";
import { PLANS, plannedStacks, type PlanName } from "../support/plans/plans";

/** Golden reports of real plans: what a reviewer reads, word by word. */

const FOLDER = join(__dirname, "reports");

/** As HTML and JSON these are too long to be read by anyone who reviews a change of them. */
const ONLY_MARKDOWN: readonly PlanName[] = ["create", "destroy", "many"];

const POLICY: readonly PolicyFinding[] = [
  {
    level: "warning",
    constructPath: "automock-staging/ecs/load-balancer/http",
    message: "The listener speaks plain HTTP, since there is no domain.",
  },
  { level: "info", constructPath: "automock-staging/networking", message: "A single NAT gateway for two zones." },
];

const OPTIONS: Partial<Record<PlanName, Omit<ReportOptions, "app">>> = {
  update: { unchangedStacks: ["task-api-staging", "bootstrap"], notes: ["automock-pr-7 has no file any more: if it is deployed, automock destroy removes it."] },
  errored: {
    failed: [
      {
        stack: "task-api-staging",
        error: "Error: Instance cannot be destroyed\n\n  on cdk.tf.json line 1, in resource.aws_db_instance:",
      },
    ],
  },
};

/** Only the report of no changes shows the style that all share. */
const styledOnce = (name: PlanName, html: string) =>
  name === "none" ? html : html.replace(STYLE, "\n/* as in none.html */\n");

const files = new Map(
  PLANS.flatMap((name) => {
    const stacks = plannedStacks(name).map((stack) => (name === "update" ? { ...stack, policy: POLICY } : stack));
    const report = buildReport(stacks, { app: "automock-infra", ...OPTIONS[name] });
    const markdown = [
      [`${name}.md`, renderMarkdown(report)],
      ...(name === "many" ? [[`${name}.bitbucket.md`, renderMarkdown(report, { host: "bitbucket" })]] : []),
    ] as [string, string][];
    if (ONLY_MARKDOWN.includes(name)) return markdown;
    return [...markdown, [`${name}.html`, styledOnce(name, renderHtml(report))], [`${name}.json`, renderJson(report)]] as [string, string][];
  }),
);

if (process.env.UPDATE_GOLDEN === "1") {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(FOLDER, file), text);
}

it.each([...files])("%s (npm run golden:update rewrites it)", (file, text) => {
  expect(existsSync(join(FOLDER, file)) ? readFileSync(join(FOLDER, file), "utf8") : "no golden file").toBe(text);
});

it("every golden report belongs to a plan", () =>
  expect(readdirSync(FOLDER).sort()).toEqual([...files.keys()].sort()));
