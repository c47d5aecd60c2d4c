import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Cli } from "../../context";
import { formatTable } from "../../output";
import { writePrivateFile } from "../../../operations/private-file";
import type { CostDelta } from "../../../operations/costs/delta";
import type { Counts, Report, Source, StackReport } from "../../../operations/review/model";
import { buildReport } from "../../../operations/review/report";
import { shortDigest, usdDelta } from "../../../operations/review/words";
import { synthesize } from "../../../operations/terraform/synthesize";
import { headCommit, sourceOf } from "../../../operations/delivery/commit";
import { appliedBy, appOf, type SavedPlan } from "../../../operations/delivery/make-plan";
import { makeOutFolder } from "./out-folder";
import { planStacks, type FailedPlan } from "../../../operations/delivery/plan-stacks";
import { plannedStack } from "../../../operations/delivery/planned-stack";
import { planLines } from "../../../operations/review/terminal";
import { planTargets, withoutUnchanged } from "./targets";

export type ReportFormat = "md" | "html" | "json" | "sarif";

export interface PlanCommand {
  /** Absolute path. */
  readonly out: string;
  readonly report: readonly ReportFormat[];
  /** Maximum length of the Markdown report, in characters. */
  readonly reportLimit?: number;
  readonly reportHost: "github" | "bitbucket";
  readonly changedSince?: string;
  /** Commit that was pushed, of which the checkout is the merge with its target. */
  readonly head?: string;
  readonly detailedExitcode?: true;
  /** Plans the bootstrap stacks and every stack of the permanent environments. */
  readonly permanent?: true;
  readonly lock: boolean;
  readonly lockTimeout?: string;
}

/** What `automock plan --json` prints. */
export interface PlanResult {
  /** Summary for the reviewer, for example `prod: 1 replace`. */
  readonly verdict: string;
  readonly plans: readonly {
    readonly stack: string;
    /** Name of the environment; `shared` for a bootstrap stack. */
    readonly environment: string;
    /** Who applies it after a merge. */
    readonly appliedBy: "pipeline" | "person";
    readonly accountId: string;
    readonly region: string;
    /** Whether an apply would do anything. */
    readonly hasChanges: boolean;
    /** Whether something was changed outside of Terraform, also what an apply would leave as it is. */
    readonly hasDrift: boolean;
    /** Number of `check` blocks and conditions that fail. */
    readonly failedChecks: number;
    readonly changes: Counts;
    /** Absent if it is unknown: a part of the plan is missing, or something that changes has no price. */
    readonly usdMonthlyDelta?: number;
    readonly digest: string;
    readonly expiresAt: string;
    /** Folder of the saved plan, for `deploy --plan`. */
    readonly folder: string;
    readonly applyCommand: string;
    readonly seconds: number;
  }[];
  readonly failed: readonly FailedPlan[];
  /** With `--changed-since`: stacks that were not planned. */
  readonly unchanged: readonly string[];
  /** Paths of the written reports. */
  readonly reports: readonly string[];
}

export async function planCommand(cli: Cli, names: readonly string[], options: PlanCommand): Promise<void> {
  const named = planTargets(cli, names, options);
  makeOutFolder(options.out);
  removeReports(options.out);
  const commit = await headCommit(cli.projectFolder, options.out);
  const source = sourceOf(commit, options.head);
  const synthFolder = await synthesize(cli).catch(async (error: Error) => {
    // Who reads the report of this commit must not find that of an older one.
    await writeReports(nothingPlanned(cli, error, source), options);
    throw error;
  });
  const { out, lock, lockTimeout, changedSince } = options;
  const { targets, unchanged, notes, changedLines } = await withoutUnchanged(cli, named, names, {
    synthFolder,
    revision: changedSince,
  });
  const { plans, failed } = await planStacks(cli, await cli.terraform(), targets, {
    synthFolder,
    out,
    lock,
    lockTimeout,
    commit,
  });
  const planned = await Promise.all(
    plans.map(async (saved) =>
      plannedStack(cli, saved, { ...(await picture(saved, options)), head: options.head }),
    ),
  );
  const report = buildReport(planned, {
    app: appOf(cli),
    unchangedStacks: unchanged,
    failed,
    notes,
    source,
    changedLines,
  });
  const reports = await writeReports(report, options);
  cli.output.result(resultOf(report, plans, reports), () => show(cli, report, plans));
  for (const { stack, error } of report.failed)
    cli.output.progress(`\n${stack} could not be planned:\n${error}`);
  for (const file of reports) cli.output.progress(`report: ${relative(process.cwd(), file)}`);
  process.exitCode = exitCodeOf(report, plans, options) ?? process.exitCode;
}

/**
 * 1 when a stack could not be planned; with --detailed-exitcode 2 when changes are pending, else 3 when there is drift,
 * else 4 when a check fails.
 */
export function exitCodeOf(
  { failed, stacks }: Pick<Report, "failed" | "stacks">,
  plans: readonly Pick<SavedPlan, "hasChanges">[],
  { detailedExitcode }: Pick<PlanCommand, "detailedExitcode">,
): 1 | 2 | 3 | 4 | undefined {
  if (failed.length > 0) return 1;
  if (detailedExitcode !== true) return undefined;
  if (plans.some(({ hasChanges }) => hasChanges)) return 2;
  if (stacks.some(({ counts }) => counts.drift > 0)) return 3;
  return stacks.some(({ failedChecks }) => failedChecks > 0) ? 4 : undefined;
}

const REPORT_FORMATS: readonly ReportFormat[] = ["md", "html", "json", "sarif"];

/** The report of an earlier run says nothing about this one, whatever comes of it. */
function removeReports(out: string): void {
  for (const format of REPORT_FORMATS) rmSync(join(out, `plan.${format}`), { force: true });
}

function nothingPlanned(cli: Cli, { message }: Error, source: Source): Report {
  return buildReport([], { app: appOf(cli), failed: [{ stack: "The project", error: message }], source });
}

async function picture(
  { target, synthesized }: SavedPlan,
  { report }: PlanCommand,
): Promise<{ readonly diagramSvg?: string }> {
  if (!report.includes("html")) return {};
  const { drawStack } = await import("../../../operations/diagrams/draw");
  return { diagramSvg: await drawStack(synthesized, { title: target.id }) };
}

async function writeReports(
  report: Report,
  { out, report: formats, ...options }: PlanCommand,
): Promise<string[]> {
  const files: string[] = [];
  for (const format of new Set(formats)) {
    const file = join(out, `plan.${format}`);
    writePrivateFile(file, await render(report, format, options));
    files.push(file);
  }
  return files;
}

async function render(
  report: Report,
  format: ReportFormat,
  options: Pick<PlanCommand, "reportLimit" | "reportHost">,
): Promise<string> {
  switch (format) {
    case "md":
      return (await import("../../../operations/review/markdown")).renderMarkdown(report, {
        limit: options.reportLimit,
        host: options.reportHost,
      });
    case "html":
      return (await import("../../../operations/review/html")).renderHtml(report);
    case "sarif":
      return (await import("../../../operations/review/sarif")).renderSarif(report);
    case "json":
      return (await import("../../../operations/review/json")).renderJson(report);
  }
}

/** The document that `--json` prints. */
export function resultOf(
  report: Report,
  plans: readonly SavedPlan[],
  reports: readonly string[],
): PlanResult {
  return {
    verdict: report.verdict.title,
    plans: plans.map(({ target, meta, folder, hasChanges, seconds }) => {
      const { counts, cost, applyCommand, failedChecks } = report.stacks.find(
        ({ stack }) => stack === target.id,
      )!;
      return {
        stack: target.id,
        environment: target.environment,
        appliedBy: appliedBy(target),
        accountId: target.accountId,
        region: target.region,
        hasChanges,
        hasDrift: counts.drift > 0,
        failedChecks,
        changes: counts,
        ...(cost?.usdMonthlyDelta !== undefined && { usdMonthlyDelta: cost.usdMonthlyDelta }),
        digest: meta.digest,
        expiresAt: meta.expiresAt,
        folder,
        applyCommand,
        seconds,
      };
    }),
    failed: report.failed,
    unchanged: report.unchangedStacks,
    reports,
  };
}

function show(cli: Cli, report: Report, plans: readonly SavedPlan[]): void {
  const { line, colors } = cli.output;
  const stacks = plans.map(({ target }) => report.stacks.find(({ stack }) => stack === target.id)!);
  if (stacks.length > 0) line(formatTable(HEAD, stacks.map(row), { colors, right: [1, 2, 3, 4, 5, 6, 7] }));
  if (report.unchangedStacks.length > 0)
    line(`\nunchanged, not planned: ${report.unchangedStacks.join(", ")}`);
  for (const stack of stacks.filter(({ level }) => level !== "none")) {
    line();
    for (const text of planLines(stack)) line(text);
    line(`  apply    ${stack.applyCommand}`);
  }
  if (report.stacks.length + report.failed.length === 0) line("Nothing to plan: no stack has changed.");
  if (stacks.length > 0 && stacks.every(({ level }) => level === "none")) line("\nNo changes.");
}

const HEAD = ["STACK", "ADD", "CHANGE", "REPLACE", "DESTROY", "MOVE", "DRIFT", "COST/MONTH", "DIGEST"];

function row({ stack, counts, cost, meta }: StackReport): string[] {
  const { add, change, replace, destroy, move, import: imported, drift } = counts;
  return [
    stack,
    ...[add, change, replace, destroy, move + imported, drift].map(String),
    costCell(cost),
    shortDigest(meta.digest),
  ];
}

function costCell({ usdMonthlyDelta }: Partial<CostDelta> = {}): string {
  if (usdMonthlyDelta === undefined) return "unknown";
  return Math.abs(usdMonthlyDelta) < 0.005 ? "0" : usdDelta(usdMonthlyDelta);
}
