import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stateBucketName, stateKey } from "../../contract/names";
import { createClients } from "../aws/clients";
import { readPlan, type TerraformPlan } from "../terraform/plan-json";
import type { StackRef } from "../../environments/schema/stacks";
import { warningsIn, type Terraform } from "../terraform/terraform";
import { checkAccount } from "./account";
import { findArtifact, openArtifact, PLAN_FILE } from "./artifact";
import { headCommit } from "./commit";
import { explained, readState, type PlanWorkspace, type SavedPlan } from "./make-plan";
import { verifyNothingElse } from "./outside-changes";
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
    const state = await explained(stack, async () => {
      await work.terraform.init(work.folder, { reconfigure: true });
      return readState(await work.terraform.statePull(work.folder));
    });
    const isSame = state.lineage === meta.lineage && state.serial === meta.serial;
    // If someone is changing the state right now, this reports who. Otherwise the plan is refused as stale.
    if (!isSame) await planNow(stack, work, options);
    verifyState(meta, state, isSame ? undefined : await stateWrittenAt(workspace, stack));
    const [shown, repeated] = await Promise.all([
      work.terraform.showPlan(work.folder, PLAN_FILE),
      // Before the first deployment there is nothing to change.
      meta.lineage === undefined ? undefined : planNow(stack, work, options),
    ]);
    const plan = readPlan(shown);
    if (repeated !== undefined) verifyNothingElse(id, plan, repeated.plan);
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
        warnings: repeated?.warnings ?? [],
        seconds: 0,
      },
      work,
    };
  } catch (error) {
    work.remove();
    throw error;
  }
}

/** A new plan of the same configuration. */
async function planNow(
  stack: StackRef,
  { terraform, folder }: WorkFolder,
  { lockTimeout }: OpenOptions,
): Promise<{ readonly plan: TerraformPlan; readonly warnings: readonly string[] }> {
  const file = "now.tfplan";
  const { text } = await explained(stack, () => terraform.plan(folder, { out: file, lockTimeout }));
  return { plan: readPlan(await terraform.showPlan(folder, file)), warnings: warningsIn(text) };
}

/** When the state was last written; `undefined` if unknown. */
async function stateWrittenAt(
  { clientConfig }: PlanWorkspace,
  { accountId, region, system, environment }: StackRef,
): Promise<Date | undefined> {
  const { s3 } = await createClients(clientConfig(region), "s3");
  const object = { Bucket: stateBucketName(accountId, region), Key: stateKey(system, environment) };
  const answer = await s3.send(new HeadObjectCommand(object)).catch(() => undefined);
  return answer?.LastModified;
}
