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
  readonly detailedExitcode?: true;
  readonly lock: boolean;
  readonly lockTimeout?: string;
}

export function addPlanCommand(program: Command): void {
  addLockTimeout(
    program
      .command("plan")
      .description("show what a deployment would change, and save exactly that for `deploy --plan`")
      .argument("[stacks...]", "stacks to plan; all of all environments if none is named")
      .option(
        "--out <folder>",
        "where the saved plans go, a folder for each stack (default: .automock/plans)",
        folderOf("--out"),
      )
      .addOption(
        new Option("--report <format>", "write plan.md, plan.html or plan.json there; repeatable").argParser(
          format,
        ),
      )
      .option(
        "--report-limit <characters>",
        "most characters of plan.md (default: what the host takes)",
        limit,
      )
      .addOption(
        new Option(
          "--report-host <host>",
          "where plan.md will be shown, which decides its Markdown and its limit",
        )
          .choices(["github", "bitbucket"])
          .default("github"),
      )
      .option(
        "--changed-since <revision>",
        "plan what changed since a branch, tag or commit, and what is named",
      )
      .option("--detailed-exitcode", "exit with 2 when changes are pending")
      .option("--no-lock", "leave the state unlocked, for credentials that may only read"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock plan automock-demo-42", "one stack"],
          ["automock plan", "all stacks of all environments"],
          ["automock plan bootstrap", "planned only when it is named"],
          ["automock plan --changed-since origin/main --report md --report html", "in a pull request"],
          ["automock plan automock-prod --report md --report-host bitbucket"],
        ],
        notes: [
          "Each plan is saved in <out>/<stack>/ with everything that is needed to apply exactly it, for 24 hours. Plans hold secrets: the files are for their owner only, keep them so. Reports hold none.",
          "Exit codes: 0 done, 1 a stack could not be planned, 2 changes are pending (--detailed-exitcode).",
        ],
        json: "{ verdict, plans: [{ stack, accountId, region, hasChanges, changes, usdMonthlyDelta, digest, expiresAt, folder, applyCommand, seconds }], failed: [{ stack, error }], unchanged, reports }",
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
  if (["md", "html", "json"].includes(text)) return [...previous, text as ReportFormat];
  throw new UserError(
    `--report is "${text}"; allowed are md, html and json, each with a --report of its own.`,
  );
}

/** Below it not even the verdict and what needs attention have room. */
const SMALLEST_REPORT = 4000;

function limit(text: string): number {
  const characters = Number(text);
  if (Number.isInteger(characters) && characters >= SMALLEST_REPORT) return characters;
  throw new UserError(
    `--report-limit is "${text}"; write a whole number of characters from ${SMALLEST_REPORT}, such as 32767.`,
  );
}
