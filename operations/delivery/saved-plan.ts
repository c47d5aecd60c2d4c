import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readPlan, type TerraformPlan } from "../terraform/plan-json";
import type { StackRef } from "../../environments/schema/stacks";
import { isSamePlan } from "../terraform/plan-file";
import { warningsIn, type PlanResult, type Terraform } from "../terraform/terraform";
import { checkAccount } from "./account";
import { findArtifact, openArtifact, PLAN_FILE } from "./artifact";
import { headCommit } from "./commit";
import { initialized } from "./initialized";
import { explained, type PlanWorkspace, type SavedPlan } from "./make-plan";
import { verifyNothingElse } from "./outside-changes";
import { readState } from "./state";
import { verifyPlan, verifyState } from "./verify-plan";
import { refuseUnsavedState, workFolder, type WorkFolder } from "./work-folder";

export interface OpenOptions {
  /** Folder of the artifact, or its parent. */
  readonly folder: string;
  readonly digest?: string;
  readonly commit?: string;
  /** How long to wait for the lock, for example `5m`. */
  readonly lockTimeout?: string;
}

/**
 * Opens a plan that `automock plan` saved: copies it, verifies the copy, and checks that it still matches the state and
 * the real resources. The copy is what will be applied.
 *
 * @throws UserError when the plan must not be applied
 */
export async function openSavedPlan(
  workspace: PlanWorkspace,
  terraform: Terraform,
  stack: StackRef,
  options: OpenOptions,
): Promise<{ readonly saved: SavedPlan; readonly work: WorkFolder }> {
  refuseUnsavedState(workspace, stack.id);
  const artifact = findArtifact(options.folder, stack.id);
  const work = workFolder(workspace, terraform, stack.id, { copyOf: artifact });
  try {
    const meta = openArtifact(work.folder, relative(process.cwd(), artifact) || ".");
    const { id, accountId, region } = stack;
    const { digest, commit } = options;
    const head = await headCommit(workspace.projectFolder, artifact);
    const now = Date.now();
    const terraformVersion = terraform.version;
    verifyPlan(meta, { stack: id, accountId, region, terraformVersion, digest, commit, head, now });
    await checkAccount(workspace, stack);
    const state = await readState(workspace, stack);
    const isSame = state?.lineage === meta.lineage && state?.serial === meta.serial;
    const { shown, repeated } = await explained(stack, () =>
      initialized(work, async () => {
        // If someone is changing the state right now, this reports who. Otherwise the plan is refused as stale.
        if (!isSame) await planNow(work, options);
        verifyState(meta, state);
        const [shown, repeated] = await Promise.all([
          work.terraform.showPlan(work.folder, PLAN_FILE),
          // Before the first deployment there is nothing to change.
          meta.lineage === undefined ? undefined : planNow(work, options),
        ]);
        return { shown, repeated };
      }),
    );
    const plan = readPlan(shown);
    if (repeated !== undefined) await verifyRepeated(work, id, plan);
    const synthesized = JSON.parse(readFileSync(join(work.folder, "cdk.tf.json"), "utf8")) as unknown;
    const hasChanges = plan.applyable ?? true;
    return {
      saved: {
        target: stack,
        folder: artifact,
        meta,
        plan,
        synthesized,
        hasChanges,
        warnings: repeated === undefined ? [] : warningsIn(repeated.text),
        seconds: 0,
      },
      work,
    };
  } catch (error) {
    work.remove();
    throw error;
  }
}

/** A new plan of the same configuration, for comparison only. */
const REPEATED_FILE = "now.tfplan";

function planNow({ terraform, folder }: WorkFolder, { lockTimeout }: OpenOptions): Promise<PlanResult> {
  return terraform.plan(folder, { out: REPEATED_FILE, lockTimeout });
}

/** Reads the new plan only if its file differs from that of the approved one, because that starts the provider. */
async function verifyRepeated(
  { terraform, folder }: WorkFolder,
  stack: string,
  approved: TerraformPlan,
): Promise<void> {
  const [then, now] = [PLAN_FILE, REPEATED_FILE].map((name) => readFileSync(join(folder, name)));
  if (isSamePlan(then!, now!)) return;
  verifyNothingElse(stack, approved, readPlan(await terraform.showPlan(folder, REPEATED_FILE)));
}
