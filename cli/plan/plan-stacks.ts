import { rmSync } from "node:fs";
import limit from "p-limit";
import { explainAwsError } from "../aws-errors";
import type { Cli } from "../context";
import { formatDuration } from "../duration";
import { copyStack, makePlan, type MakePlanOptions, type PlanTarget, type SavedPlan } from "./make-plan";

/** Each plan runs the AWS provider, which takes half a gigabyte. */
const PLANS_AT_ONCE = 2;

export interface FailedPlan {
  readonly stack: string;
  readonly error: string;
}

/**
 * Plans stacks side by side. One that fails does not stop the others. All are copied before the first is planned: what
 * is synthesized meanwhile is not what the recorded commit says.
 */
export async function planStacks(
  cli: Cli,
  targets: readonly PlanTarget[],
  options: MakePlanOptions,
): Promise<{ readonly plans: readonly SavedPlan[]; readonly failed: readonly FailedPlan[] }> {
  const copies: string[] = [];
  const remove = () => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true }));
  process.once("exit", remove); // a signal ends the process without a chance to clean up here
  try {
    for (const target of targets) copies.push(copyStack(cli, target, options.out));
    return await planCopies(cli, targets, { ...options, copies });
  } finally {
    process.off("exit", remove);
    remove();
  }
}

async function planCopies(
  cli: Cli,
  targets: readonly PlanTarget[],
  { copies, ...options }: MakePlanOptions & { readonly copies: readonly string[] },
) {
  const terraform = await cli.terraform();
  const next = limit(PLANS_AT_ONCE);
  const failed: FailedPlan[] = [];
  const results = await Promise.all(
    targets.map((target, i) =>
      next(async () => {
        try {
          cli.output.progress(`${target.id}: planning`);
          const saved = await makePlan(cli, terraform, target, { ...options, copy: copies[i] });
          cli.output.progress(`${target.id}: planned in ${formatDuration(saved.seconds * 1000)}`);
          return [saved];
        } catch (error) {
          failed.push({ stack: target.id, error: explainAwsError(error) ?? (error as Error).message });
          cli.output.progress(`${target.id}: could not be planned`);
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
