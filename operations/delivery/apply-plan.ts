import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDuration } from "../../contract/duration";
import { constructNames } from "../review/construct-names";
import { actionOf } from "../review/resources";
import type { TerraformPlan } from "../terraform/plan-json";
import { UserError } from "../../contract/user-error";
import { readEvent } from "./apply-events";
import { ApplyProgress } from "./apply-progress";
import { PLAN_FILE } from "./artifact";
import type { PlanTarget } from "./make-plan";
import { explainTerraformText } from "./terraform-faults";
import { saveState, UNSAVED_STATE, type WorkFolder } from "./work-folder";

export interface ApplyOptions {
  /** How long to wait for the lock, for example `5m`. */
  readonly lockTimeout?: string;
  /** The plan, to know how much there is to do. */
  readonly plan: TerraformPlan;
  /** Command that does it, for messages. */
  readonly command: "deploy" | "destroy";
  /** A line for people. */
  readonly progress: (text: string) => void;
  /** Called when Ctrl-C has ended it, with the number of steps that are done. */
  readonly onStopped: (steps: number) => void;
}

/**
 * Applies the saved plan of a folder, and nothing else, showing how it goes. Ctrl-C lets terraform stop safely.
 *
 * @returns seconds it took
 * @throws UserError with what terraform said, when it failed
 */
export async function applyPlan(
  target: PlanTarget,
  { folder, terraform }: Pick<WorkFolder, "folder" | "terraform">,
  options: ApplyOptions,
): Promise<number> {
  const synthesized = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as unknown;
  const progress = new ApplyProgress({
    stream: process.stderr,
    total: operations(options.plan),
    nameOf: constructNames(synthesized),
    now: Date.now,
  });
  const timer = setInterval(() => progress.tick(), 1000);
  const result = await terraform
    .applyPlan(folder, PLAN_FILE, {
      lockTimeout: options.lockTimeout,
      onEvent: (line) => progress.on(readEvent(line)),
      onInterrupt: (times) => {
        progress.interrupted = true;
        progress.line(times === 1 ? FIRST_INTERRUPT : SECOND_INTERRUPT);
      },
    })
    .finally(() => clearInterval(timer));
  progress.end();
  const lost = existsSync(join(folder, UNSAVED_STATE)) ? unsavedState(folder) : "";
  const cutOff = `Terraform was cut off: look at the state and its lock with automock plan ${target.id}`;
  if (progress.interrupted) {
    options.progress(
      `Stopped after ${progress.done} of ${operations(options.plan)} steps, ${formatDuration(progress.seconds * 1000)}.` +
        (lost ||
          (result.signal === null
            ? ` The state is saved and its lock released.\nTo go on: automock ${options.command} ${target.id}`
            : ` ${cutOff}`)),
    );
    options.onStopped(progress.done);
    return new Promise(() => undefined); // this process ends as soon as all children have
  }
  if (result.exitCode === 0) return progress.seconds;
  const said = progress.errors.join("\n\n");
  const ended = result.signal === null ? "" : `terraform was ended by ${result.signal}`;
  // After the first step an unknown bucket is one of the stack's, and what is known must not hide what was done.
  const isUntouched = progress.done === 0 && lost === "";
  const known = isUntouched ? explainTerraformText(`${said}\n${result.stderr}`, target) : undefined;
  throw (
    known ??
    new UserError(
      `${options.command} of ${target.id} failed after ${progress.done} of ${operations(options.plan)} steps, ` +
        `${formatDuration(progress.seconds * 1000)}:\n\n${said || result.stderr.trim() || ended}\n\n` +
        (lost ||
          (ended && `${cutOff}.`) ||
          `What was done is in the state. Fix the cause, then run automock ${options.command} ${target.id} again.`),
    )
  );
}

const FIRST_INTERRUPT =
  "Interrupted: terraform stops safely, saves the state and releases the lock. This can take minutes.\n" +
  "Ctrl-C again ends it at once, and what it is making now may be missing from the state.";
const SECOND_INTERRUPT = "Interrupted again: terraform ends at once.";

/** Steps of an apply: a replacement is a removal and a creation. */
function operations(plan: TerraformPlan): number {
  const steps: Record<string, number> = { add: 1, change: 1, destroy: 1, replace: 2 };
  return (plan.resource_changes ?? []).reduce((sum, change) => sum + (steps[actionOf(change) ?? ""] ?? 0), 0);
}

function unsavedState(folder: string): string {
  const file = join(folder, UNSAVED_STATE);
  return `\nThe state could NOT be saved in the bucket. It is in ${file}: keep that file.\n${saveState(folder)}`;
}
