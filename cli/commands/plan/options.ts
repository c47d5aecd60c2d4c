import { Option, type Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import { addLockTimeout, folderOf } from "../shared-options";
import type { ReportFormat } from "./run";
import { UserError } from "../../../contract/user-error";

interface PlanCommandOptions {
  readonly out?: string;
  readonly report?: readonly ReportFormat[];
  readonly reportLimit?: number;
  readonly reportHost: "github" | "bitbucket";
  readonly changedSince?: string;
  readonly head?: string;
  readonly detailedExitcode?: true;
  readonly permanent?: true;
  readonly lock: boolean;
  readonly lockTimeout?: string;
}

export function addPlanCommand(program: Command): void {
  addLockTimeout(
    program
      .command("plan")
      .description("show what a deployment would change, and save that plan for `deploy --plan`")
      .argument("[stacks...]", "stacks to plan (default: every stack)")
      .option(
        "--out <folder>",
        "folder for the saved plans, with a subfolder per stack (default: .automock/plans)",
        folderOf("--out"),
      )
      .addOption(
        new Option(
          "--report <format>",
          "write plan.md, plan.html, plan.json or plan.sarif (the policy findings) to that folder; repeatable",
        ).argParser(format),
      )
      .option(
        "--report-limit <characters>",
        "maximum length of plan.md (default: the limit of the host)",
        limit,
      )
      .addOption(
        new Option(
          "--report-host <host>",
          "where plan.md will be shown; sets its Markdown dialect and length limit",
        )
          .choices(["github", "bitbucket"])
          .default("github"),
      )
      .option(
        "--changed-since <revision>",
        "plan the stacks that changed since a branch, tag or commit, and the named ones",
      )
      .option(
        "--permanent",
        "plan the bootstrap stacks and every stack of the permanent environments, as pipelines do",
      )
      .option(
        "--head <commit>",
        "commit of the pull request, when the checkout is its merge: the report names it",
      )
      .option(
        "--detailed-exitcode",
        "exit with 2 when changes are pending, else with 3 when there is drift, else with 4 when a check fails",
      )
      .option("--no-lock", "do not lock the state, for read-only credentials"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock plan automock-demo-42", "one stack"],
          ["automock plan", "every stack except bootstrap"],
          ["automock plan bootstrap", "the bootstrap stack, planned only if named or with --permanent"],
          ["automock plan --changed-since origin/main --report md --report html", "in a pull request"],
          ["automock plan automock-prod --report md --report-host bitbucket"],
        ],
        notes: [
          "Each plan is saved in <out>/<stack>/ with everything that is required to apply it. It is valid for 24 hours. Plans contain secrets: only their owner may read the files, so keep these permissions. Reports contain no secrets.",
          "Exit codes: 0 success, 1 a stack could not be planned, 2 changes are pending, 3 there is only drift, 4 only a check fails (2 to 4 only with --detailed-exitcode).",
        ],
        json: "{ verdict, plans: [{ stack, environment, appliedBy, accountId, region, hasChanges, hasDrift, failedChecks, changes, usdMonthlyDelta, digest, expiresAt, folder, applyCommand, seconds }], failed: [{ stack, error }], unchanged, reports }",
      }),
    )
    .action(
      handle(async (cli, stacks: string[], { out, report = [], ...options }: PlanCommandOptions) => {
        const { planFolder } = await import("../../../operations/delivery/make-plan");
        const { planCommand } = await import("./run");
        await planCommand(cli, stacks, { ...options, report, out: out ?? planFolder(cli) });
      }),
    );
}

function format(text: string, previous: readonly ReportFormat[] = []): readonly ReportFormat[] {
  if (["md", "html", "json", "sarif"].includes(text)) return [...previous, text as ReportFormat];
  throw new UserError(
    `--report is "${text}"; use md, html, json or sarif, and repeat --report for several formats.`,
  );
}

/** A shorter report has no room for the verdict and what needs attention. */
const MIN_REPORT_LENGTH = 4000;

function limit(text: string): number {
  const characters = Number(text);
  if (Number.isInteger(characters) && characters >= MIN_REPORT_LENGTH) return characters;
  throw new UserError(
    `--report-limit is "${text}"; use a whole number of characters from ${MIN_REPORT_LENGTH}, such as 32767.`,
  );
}
