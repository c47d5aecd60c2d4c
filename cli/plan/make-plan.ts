import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatInstant } from "../../contract/registry";
import type { Cli } from "../context";
import { readPlan, type TerraformPlan } from "../report/terraform-plan";
import type { Place } from "../stacks";
import { terraformFolder } from "../synth";
import type { Terraform } from "../terraform";
import { checkAccount } from "./account";
import { PLAN_FILE, PLAN_HOURS, sealArtifact, type PlanMeta, type PlannedCommit } from "./artifact";
import { explainTerraformError } from "./terraform-faults";
import { dataFolder } from "./work-folder";

/** What can be planned: a stack, or a bootstrap stack. */
export interface PlanTarget extends Place {
  readonly id: string;
  readonly system: string;
  readonly environment: string;
}

export interface MakePlanOptions {
  /** Folder that receives the artifact `<out>/<stack>`. */
  readonly out: string;
  /** Plans the removal of everything. */
  readonly destroy?: boolean;
  /** False leaves the state unlocked. */
  readonly lock?: boolean;
  /** How long to wait for the lock, for example `5m`. */
  readonly lockTimeout?: string;
  readonly commit?: PlannedCommit;
  /** What to plan, made by `copyStack`; absent copies what lies in `cdktf.out` now. */
  readonly copy?: string;
}

/** A plan as terraform saved it, and what it says. */
export interface SavedPlan {
  readonly target: PlanTarget;
  /** The artifact. */
  readonly folder: string;
  readonly meta: PlanMeta;
  /** Holds secrets: nothing of it is shown before `buildReport` has masked it. */
  readonly plan: TerraformPlan;
  /** `cdk.tf.json` of the stack. */
  readonly synthesized: unknown;
  /** Whether an apply would do anything. */
  readonly hasChanges: boolean;
  readonly seconds: number;
}

/** What of a stack's folder a plan needs; what terraform leaves behind there stays there. */
const PARTS = ["cdk.tf.json", "override.tf.json", "assets", ".terraform.lock.hcl"];

/** Plans a synthesized stack and saves the plan as an artifact that `deploy --plan` applies. */
export async function makePlan(
  cli: Cli,
  terraform: Terraform,
  target: PlanTarget,
  options: MakePlanOptions,
): Promise<SavedPlan> {
  const started = Date.now();
  const scratch = options.copy ?? copyStack(cli, target, options.out);
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove); // a signal ends the process without a chance to clean up here
  try {
    await checkAccount(cli, target);
    const tool = terraform.with({ env: { TF_DATA_DIR: dataFolder(cli, target.id) } });
    const { destroy, lock, lockTimeout } = options;
    const { hasChanges } = await explained(target, async () => {
      await tool.init(scratch, { reconfigure: true });
      return tool.plan(scratch, { out: PLAN_FILE, destroy, lock, lockTimeout });
    });
    const shown = await tool.showPlan(scratch, PLAN_FILE);
    const { lineage, serial } = readState(await tool.statePull(scratch));
    const createdAt = Date.now();
    const meta = sealArtifact(scratch, {
      app: appOf(cli),
      stack: target.id,
      accountId: target.accountId,
      region: target.region,
      commit: options.commit,
      terraformVersion: tool.version,
      lineage,
      serial,
      createdAt: formatInstant(createdAt),
      expiresAt: formatInstant(createdAt + PLAN_HOURS * 3_600_000),
    });
    const folder = join(options.out, target.id);
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
    const synthesized = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as unknown;
    const seconds = (Date.now() - started) / 1000;
    return { target, folder, meta, plan: readPlan(shown), synthesized, hasChanges, seconds };
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/**
 * Copies what was synthesized of a stack: the next synth of this checkout replaces it.
 *
 * @returns the folder, in `out`; whoever makes it removes it
 */
export function copyStack(cli: Cli, { id }: PlanTarget, out: string): string {
  const [from, to] = [terraformFolder(cli, id), join(out, `.${id}-${process.pid}`)];
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const part of PARTS) {
    const source = join(from, part);
    if (existsSync(source)) cpSync(source, join(to, part), { recursive: true, dereference: true });
  }
  return to;
}

/** Where plans are saved unless told otherwise. */
export function planFolder(cli: Cli): string {
  return join(cli.projectFolder, ".automock", "plans");
}

/** Name of the project. */
export function appOf(cli: Cli): string {
  return (JSON.parse(readFileSync(join(cli.projectFolder, "package.json"), "utf8")) as { name: string }).name;
}

/** Lineage and serial of a state; empty text means that there is none. */
export function readState(text: string): { readonly lineage?: string; readonly serial?: number } {
  if (text.trim() === "") return {};
  const { lineage, serial } = JSON.parse(text) as { lineage?: string; serial?: number };
  return lineage ? { lineage, serial } : {}; // before the first apply terraform makes up an empty state
}

/** Runs terraform; what it says of locks and state buckets becomes a `UserError` with the mend. */
export async function explained<T>(target: PlanTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainTerraformError(error, target);
  }
}
