import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { formatInstant } from "../../contract/registry";
import type { Environment } from "../../environments/schema";
import { SERVICES } from "../../environments/schema/systems";
import type { Workspace } from "../workspace";
import { readPlan, type TerraformPlan } from "../terraform/plan-json";
import type { Place } from "../../environments/schema/stacks";
import { warningsIn, type Terraform } from "../terraform/terraform";
import { UserError } from "../../contract/user-error";
import { checkAccount } from "./account";
import {
  META_FILE,
  PLAN_FILE,
  PLAN_HOURS,
  sealArtifact,
  type PlanMeta,
  type PlannedCommit,
} from "./artifact";
import { explainTerraformError } from "./terraform-faults";
import { initialized } from "./initialized";
import { readState } from "./state";
import { initPlace, refuseUnsavedState } from "./work-folder";

/** A stack or bootstrap stack that can be planned. */
export interface PlanTarget extends Place {
  readonly id: string;
  readonly system: string;
  readonly environment: string;
  /** The environment; absent for a bootstrap stack. */
  readonly definition?: Environment;
}

/**
 * Who applies a stack after a merge: the pipeline the services of permanent environments, a person everything else. The
 * pipeline's own rights are in the bootstrap stacks, admin boxes decide who may open a shell, and an ephemeral
 * environment must not come back after its time.
 */
export function appliedBy({ system, definition }: PlanTarget): "pipeline" | "person" {
  const isPermanent = definition !== undefined && definition.ttlHours === undefined;
  return isPermanent && SERVICES.some(({ id }) => id === system) ? "pipeline" : "person";
}

/** The parts of the workspace that a plan requires. */
export type PlanWorkspace = Pick<Workspace, "projectFolder" | "localEndpoint" | "clientConfig">;

export interface MakePlanOptions {
  /** Folder that `synthesize` returned. */
  readonly synthFolder: string;
  /** Folder that receives the artifact `<out>/<stack>`. */
  readonly out: string;
  /** Plans the destruction of all resources. */
  readonly destroy?: boolean;
  /** False does not lock the state. */
  readonly lock?: boolean;
  /** How long to wait for the lock, for example `5m`. */
  readonly lockTimeout?: string;
  readonly commit?: PlannedCommit;
}

/** A saved plan and its content. */
export interface SavedPlan {
  readonly target: PlanTarget;
  /** The artifact. */
  readonly folder: string;
  readonly meta: PlanMeta;
  /** Contains secrets: never show it before `buildReport` has masked it. */
  readonly plan: TerraformPlan;
  /** `cdk.tf.json` of the stack. */
  readonly synthesized: unknown;
  /** Whether an apply would change anything. */
  readonly hasChanges: boolean;
  /** What terraform warned of. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** The files of a stack's folder that a plan requires, without those that terraform leaves there. */
const PARTS = ["cdk.tf.json", "override.tf.json", "assets", ".terraform.lock.hcl"];

/** Plans a synthesized stack and saves the plan as an artifact that `deploy --plan` applies. */
export async function makePlan(
  workspace: PlanWorkspace,
  terraform: Terraform,
  target: PlanTarget,
  options: MakePlanOptions,
): Promise<SavedPlan> {
  const started = Date.now();
  const folder = join(options.out, target.id);
  refuseOtherFolder(folder);
  refuseUnsavedState(workspace, target.id);
  const scratch = join(options.out, `.${target.id}-${process.pid}`);
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove); // a signal ends the process before `finally`
  try {
    copyStack(options.synthFolder, target, scratch);
    await checkAccount(workspace, target);
    const place = initPlace(workspace, terraform, { stack: target.id, folder: scratch });
    const { terraform: tool } = place;
    const { destroy, lock, lockTimeout } = options;
    const { hasChanges, text } = await explained(target, () =>
      initialized(place, () => tool.plan(scratch, { out: PLAN_FILE, destroy, lock, lockTimeout })),
    );
    const [shown, state] = await Promise.all([
      tool.showPlan(scratch, PLAN_FILE),
      readState(workspace, target),
    ]);
    const createdAt = Date.now();
    const meta = sealArtifact(scratch, {
      app: appOf(workspace),
      stack: target.id,
      accountId: target.accountId,
      region: target.region,
      commit: options.commit,
      terraformVersion: tool.version,
      lineage: state?.lineage,
      serial: state?.serial,
      createdAt: formatInstant(createdAt),
      expiresAt: formatInstant(createdAt + PLAN_HOURS * 3_600_000),
    });
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
    const synthesized = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as unknown;
    const seconds = (Date.now() - started) / 1000;
    return {
      target,
      folder,
      meta,
      plan: readPlan(shown),
      synthesized,
      hasChanges,
      warnings: warningsIn(text),
      seconds,
    };
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Terraform works in a copy, so that its files do not mix with the synthesized ones. */
function copyStack(synthFolder: string, { id }: PlanTarget, to: string): void {
  const from = join(synthFolder, "stacks", id);
  try {
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const part of PARTS.filter((name) => existsSync(join(from, name)))) {
      cpSync(join(from, part), join(to, part), { recursive: true, dereference: true });
    }
  } catch (error) {
    throw new UserError(`The plan of ${id} cannot be written: ${(error as Error).message}.`);
  }
}

/** @throws UserError when the new plan would replace something that is not a plan */
function refuseOtherFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || existsSync(join(folder, META_FILE))) return;
  if (stat.isDirectory() && readdirSync(folder).length === 0) return;
  throw new UserError(
    `The plan would replace ${folder}, which already exists and does not contain a plan (${META_FILE}).\n` +
      "Move it, or name another folder with --out.",
  );
}

/** The default folder for saved plans. */
export function planFolder({ projectFolder }: Pick<Workspace, "projectFolder">): string {
  return join(projectFolder, ".automock", "plans");
}

/** Name of the project. */
export function appOf({ projectFolder }: Pick<Workspace, "projectFolder">): string {
  return (JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as { name: string }).name;
}

/** Runs terraform. Its errors about locks and state buckets become a `UserError` with a fix. */
export async function explained<T>(target: PlanTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainTerraformError(error, target);
  }
}
