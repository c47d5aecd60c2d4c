import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDuration } from "../../contract/duration";
import { constructNames } from "../review/construct-names";
import { actionOf } from "../review/resources";
import type { TerraformPlan } from "../terraform/plan-json";
import { UserError } from "../../contract/user-error";
import { explainAlreadyExists } from "./already-exists";
import { readEvent } from "./apply-events";
import { ApplyProgress } from "./apply-progress";
import { PLAN_FILE } from "./artifact";
import type { PlanTarget } from "./make-plan";
import { explainTerraformText } from "./terraform-faults";
import { saveState, UNSAVED_STATE, type WorkFolder } from "./work-folder";

export interface ApplyOptions {
  /** How long to wait for the lock, for example `5m`. */
  readonly lockTimeout?: string;
  /** The plan; it sets the number of steps. */
  readonly plan: TerraformPlan;
  /** Name of the command, for messages. */
  readonly command: "bootstrap" | "deploy" | "destroy";
  /** Arguments of the command when it has to be run again. @default the stack's id */
  readonly again?: string;
  /** Writes a progress line for people. */
  readonly progress: (text: string) => void;
  /** Called after Ctrl-C has stopped the apply, with the number of finished steps. */
  readonly onStopped: (steps: number) => void;
}

/**
 * Applies exactly the saved plan of a folder and shows its progress. After Ctrl-C, terraform stops safely.
 *
 * @returns duration in seconds
 * @throws UserError with terraform's message when it failed
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
  const again = `automock ${[options.command, options.again ?? target.id].filter(Boolean).join(" ")}`;
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
  const cutOff = `Terraform was killed. Check the state and its lock with automock plan ${target.id}`;
  if (progress.interrupted) {
    options.progress(
      `Stopped after ${progress.done} of ${operations(options.plan)} steps, ${formatDuration(progress.seconds * 1000)}.` +
        (lost ||
          (result.signal === null
            ? ` The state is saved and its lock released.\nTo continue: ${again}`
            : ` ${cutOff}`)),
    );
    options.onStopped(progress.done);
    return new Promise(() => undefined); // this process ends when all children have ended
  }
  if (result.exitCode === 0) return progress.seconds;
  const errors = progress.errors.join("\n\n");
  const ended = result.signal === null ? "" : `terraform was ended by ${result.signal}`;
  // After the first step, a missing bucket is one of the stack's own, and an explanation must not hide the progress.
  const isUntouched = progress.done === 0 && lost === "";
  const known = isUntouched ? explainTerraformText(`${errors}\n${result.stderr}`, target) : undefined;
  const existing = explainAlreadyExists(errors, target.region);
  throw (
    known ??
    new UserError(
      `${options.command} of ${target.id} failed after ${progress.done} of ${operations(options.plan)} steps, ` +
        `${formatDuration(progress.seconds * 1000)}:\n\n${errors || result.stderr.trim() || ended}\n\n` +
        (existing === undefined ? "" : `${existing}\n\n`) +
        (lost ||
          (ended && `${cutOff}.`) ||
          `The state holds the finished steps. Fix the cause, then run ${again} again.`),
    )
  );
}

const FIRST_INTERRUPT =
  "Interrupted: terraform stops safely, saves the state and releases the lock. This can take minutes.\n" +
  "Ctrl-C again kills it immediately; the state may then miss resources that it is creating.";
const SECOND_INTERRUPT = "Interrupted again: terraform ends immediately.";

/** Number of steps of an apply. A replacement is two: a deletion and a creation. */
function operations(plan: TerraformPlan): number {
  const steps: Record<string, number> = { add: 1, change: 1, destroy: 1, replace: 2 };
  return (plan.resource_changes ?? []).reduce((sum, change) => sum + (steps[actionOf(change) ?? ""] ?? 0), 0);
}

function unsavedState(folder: string): string {
  const file = join(folder, UNSAVED_STATE);
  return `\nThe state could NOT be saved to the bucket. It is in ${file}: keep that file.\n${saveState(folder)}`;
}
