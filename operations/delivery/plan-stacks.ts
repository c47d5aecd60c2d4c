import limit from "p-limit";
import { explainAwsError } from "../aws/errors";
import type { Workspace } from "../workspace";
import { formatDuration } from "../../contract/duration";
import type { Terraform } from "../terraform/terraform";
import {
  makePlan,
  type MakePlanOptions,
  type PlanTarget,
  type PlanWorkspace,
  type SavedPlan,
} from "./make-plan";

/** Each plan runs the AWS provider, which takes half a gigabyte. */
const PLANS_AT_ONCE = 2;

export interface FailedPlan {
  readonly stack: string;
  readonly error: string;
}

/** Plans stacks in parallel. A failed plan does not stop the others. */
export async function planStacks(
  workspace: PlanWorkspace & Pick<Workspace, "profile" | "progress">,
  terraform: Terraform,
  targets: readonly PlanTarget[],
  options: MakePlanOptions,
): Promise<{ readonly plans: readonly SavedPlan[]; readonly failed: readonly FailedPlan[] }> {
  const next = limit(PLANS_AT_ONCE);
  const failed: FailedPlan[] = [];
  const results = await Promise.all(
    targets.map((target) =>
      next(async () => {
        try {
          workspace.progress(`${target.id}: planning`);
          const saved = await makePlan(workspace, terraform, target, options);
          workspace.progress(`${target.id}: planned in ${formatDuration(saved.seconds * 1000)}`);
          return [saved];
        } catch (error) {
          failed.push({
            stack: target.id,
            error: explainAwsError(error, workspace.profile) ?? (error as Error).message,
          });
          workspace.progress(`${target.id}: could not be planned`);
          return [];
        }
      }),
    ),
  );
  return {
    plans: results.flat(),
    failed: targets.flatMap(({ id }) => failed.filter(({ stack }) => stack === id)),
  };
}
