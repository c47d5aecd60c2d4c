import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formatInstant } from "../../contract/registry";
import { hasExpired, readSuppressed } from "../../contract/suppression";
import type { Workspace } from "../workspace";
import { costDeltaOfPlan } from "../costs/delta";
import type { PolicyFinding } from "../review/model";
import { buildReport, type PlannedStack } from "../review/report";
import type { StackReport } from "../review/model";
import { sourceOf } from "./commit";
import type { PlanTarget, SavedPlan } from "./make-plan";

type ReportWorkspace = Pick<Workspace, "projectFolder" | "profile" | "localEndpoint">;

/** The input for the report of a saved plan. */
export function plannedStack(
  workspace: ReportWorkspace,
  saved: SavedPlan,
  more: Partial<Pick<PlannedStack, "diagramSvg" | "policy">> & { readonly head?: string } = {},
): PlannedStack {
  const { target, meta, plan, synthesized, folder, warnings } = saved;
  const { head, ...rest } = more;
  const { commit, digest, createdAt, expiresAt, lineage, serial, terraformVersion } = meta;
  return {
    stack: target.id,
    environment: target.environment,
    system: target.system,
    accountId: target.accountId,
    region: target.region,
    plan,
    synthesized,
    meta: {
      digest,
      createdAt,
      expiresAt,
      lineage,
      serial,
      terraformVersion,
      ...sourceOf(commit, head),
    },
    cost: costDeltaOfPlan(plan),
    policy: policyOf(workspace, target.id, createdAt),
    applyCommand: applyCommand(workspace, target, folder, digest),
    warnings,
    ...rest,
  };
}

/** The masked report of one plan, for a decision at the terminal. */
export function reportOf(workspace: ReportWorkspace, saved: SavedPlan): StackReport {
  return buildReport([plannedStack(workspace, saved)], { app: saved.meta.app }).stacks[0]!;
}

/** The masked report of a plan that is applied at once and is saved nowhere. */
export function reportOfUnsaved(
  workspace: ReportWorkspace,
  unsaved: Pick<SavedPlan, "target" | "folder" | "plan" | "synthesized" | "warnings">,
  terraformVersion: string,
): StackReport {
  const { id, accountId, region } = unsaved.target;
  const now = formatInstant(Date.now());
  const meta = {
    ...{ version: 0, app: "", stack: id, accountId, region, terraformVersion },
    ...{ createdAt: now, expiresAt: now, files: {}, digest: "" },
  };
  return reportOf(workspace, { ...unsaved, meta, hasChanges: true, seconds: 0 });
}

function applyCommand(
  { profile, localEndpoint }: ReportWorkspace,
  { id, system }: PlanTarget,
  folder: string,
  digest: string,
): string {
  const options = [profile === undefined ? "" : ` --profile ${profile}`];
  if (localEndpoint !== undefined) options.push(" --local");
  const command = `npx automock${options.join("")}`;
  // The bootstrap stack creates the bucket that holds its own state, so it has its own command.
  if (system === "bootstrap") return `${command} bootstrap`;
  const path = relative(process.cwd(), folder) || ".";
  return `${command} deploy ${id} --plan ${path} --digest ${digest}`;
}

interface Manifest {
  readonly stacks?: Readonly<
    Record<
      string,
      {
        readonly annotations?: readonly {
          readonly level: string;
          readonly constructPath: string;
          readonly message: string;
        }[];
      }
    >
  >;
}

const LEVELS = { "@cdktf/info": "info", "@cdktf/warn": "warning", "@cdktf/error": "error" } as const;

/** What the rules reported about a stack at synth. A suppression that had expired when the plan was made is an error. */
function policyOf({ projectFolder }: ReportWorkspace, stack: string, at: string): PolicyFinding[] {
  const file = join(projectFolder, "cdktf.out", "manifest.json");
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    return []; // a saved plan is applied without a synth: its rules were read when it was made
  }
  return (manifest.stacks?.[stack]?.annotations ?? []).map(({ level, constructPath, message }) => ({
    level: LEVELS[level as keyof typeof LEVELS] ?? "info",
    constructPath,
    message,
    ...suppressed(message, at),
  }));
}

function suppressed(
  message: string,
  at: string,
): Pick<PolicyFinding, "level" | "message" | "suppression"> | undefined {
  const read = readSuppressed(message);
  if (read === undefined) return undefined;
  const { suppression, finding } = read;
  const { expires, reason } = suppression;
  return hasExpired(suppression, at)
    ? { level: "error", message: `${finding} Its suppression expired on ${expires}: ${reason}`, suppression }
    : { level: "info", message: `${finding} Suppressed until ${expires}: ${reason}`, suppression };
}
