import { InvokeCommand, ResourceNotFoundException, type LambdaClient } from "@aws-sdk/client-lambda";
import { reaperNames, type ReaperPlan } from "../../contract/reaper";
import { counted } from "../../contract/text";
import { UserError } from "../../contract/user-error";
import type { StackRef } from "../../environments/schema/stacks";

/** What `automock reap --json` prints. */
export interface ReapPreview extends ReaperPlan {
  readonly stack: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** Whether the reaper would now delete everything. */
  readonly ready: boolean;
}

/** What `automock reap --yes --json` prints. */
export interface Reaped {
  readonly stack: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /**
   * `done`: nothing is left. `refused`: nothing was deleted, for a safety gate is closed. `stopped`: the same after its
   * deletion had begun. `unfinished`: it continues on its own.
   */
  readonly result: "done" | "refused" | "stopped" | "unfinished" | "stuck";
  readonly reason: string;
}

/** The reaper's answer to `{"action":…,"environment":…}`. */
type ReaperAnswer = readonly { readonly environment: string; readonly result: ReaperResult }[];

type ReaperResult = { readonly deletionBegan?: true } & Kinds;

type Kinds =
  | { readonly kind: "planned"; readonly plan?: ReaperPlan; readonly text?: string }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "invalid"; readonly faults: readonly string[] }
  | {
      readonly kind: "stoodDown";
      readonly refusals: readonly { readonly gate: string; readonly reason: string }[];
    }
  | { readonly kind: "lockBusy"; readonly holder: { readonly who?: string }; readonly until: string }
  | { readonly kind: "unfinished"; readonly left: readonly string[]; readonly until: string }
  | {
      readonly kind: "stuck";
      readonly stuck: readonly {
        readonly key: string;
        readonly reason: string;
        readonly blockedBy: readonly string[];
      }[];
      readonly errors: readonly string[];
    }
  | { readonly kind: "done" };

/**
 * Asks the deployed reaper what it would delete. It uses its own permissions, and records the preview in its audit
 * trail.
 *
 * @throws UserError when there is no reaper, or it failed
 */
export async function previewReap(lambda: Pick<LambdaClient, "send">, ref: StackRef): Promise<ReapPreview> {
  return previewOf(await ask(lambda, ref, { action: "plan" }), ref);
}

/**
 * Runs the deployed reaper now: it deletes what its safety gates allow. This may take minutes.
 *
 * @throws UserError when there is no reaper, it failed, or deletions are switched off
 */
export async function reapNow(lambda: Pick<LambdaClient, "send">, ref: StackRef): Promise<Reaped> {
  const { id: stack, environment, accountId, region } = ref;
  const answer = await ask(lambda, ref, { action: "reap", dryRun: false });
  return { stack, environment, accountId, region, ...outcomeOf(answer, ref) };
}

function outcomeOf(answer: ReaperAnswer, ref: StackRef): Pick<Reaped, "result" | "reason"> {
  const result = resultOf(answer);
  const halted = result?.deletionBegan ? "stopped" : "refused";
  switch (result?.kind) {
    case "done":
      return { result: "done", reason: "nothing is left" };
    case "stoodDown":
      return {
        result: halted,
        reason: result.refusals.map(({ gate, reason }) => `${gate}: ${reason}`).join("; "),
      };
    case "nothing":
      return { result: halted, reason: result.reason };
    case "lockBusy":
      return {
        result: halted,
        reason: `Terraform's lock is held by ${result.holder.who ?? "someone"}; the reaper tries again at ${result.until}`,
      };
    case "unfinished":
      return {
        result: "unfinished",
        reason: `${counted(result.left.length, "resource is", "resources are")} left; the reaper continues at ${result.until}`,
      };
    case "stuck":
      return {
        result: "stuck",
        reason: [...result.stuck.map(stuckText), ...result.errors].join("; "),
      };
    case "planned":
      throw new UserError(
        `Deletions are disabled in account ${ref.accountId}: the reaper only reports what it would delete.\n` +
          `Run automock reap ${ref.id} to see it.`,
      );
    default:
      throw unusable(answer, ref);
  }
}

function stuckText({ key, reason, blockedBy }: Extract<Kinds, { kind: "stuck" }>["stuck"][number]): string {
  return `${key}: ${reason}${blockedBy.length > 0 ? ` (blocked by ${blockedBy.join(", ")})` : ""}`;
}

async function ask(
  lambda: Pick<LambdaClient, "send">,
  { accountId, region, environment }: StackRef,
  action: object,
): Promise<ReaperAnswer> {
  const { functionName } = reaperNames(accountId, region);
  let answer;
  try {
    answer = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(JSON.stringify({ ...action, environment })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new UserError(
      `Account ${accountId} has no reaper in ${region} (function ${functionName}). Create it with automock bootstrap.`,
    );
  }
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null");
  if (answer.FunctionError !== undefined) {
    const { errorMessage } = (payload ?? {}) as { readonly errorMessage?: string };
    throw new UserError(
      `The reaper failed: ${errorMessage ?? "no reason given"}\nIts log group is /aws/lambda/${functionName}.`,
    );
  }
  return payload as ReaperAnswer;
}

function resultOf(answer: ReaperAnswer): ReaperResult | undefined {
  return Array.isArray(answer) ? (answer as ReaperAnswer)[0]?.result : undefined;
}

function previewOf(answer: ReaperAnswer, ref: StackRef): ReapPreview {
  const result = resultOf(answer);
  if (result?.kind === "nothing") throw new UserError(`${ref.id} no longer exists: ${result.reason}.`);
  if (result?.kind !== "planned") throw unusable(answer, ref);
  const { plan } = result;
  if (plan === undefined) {
    throw new UserError("The deployed reaper is older than this command. Update it with automock bootstrap.");
  }
  const { id: stack, environment, accountId, region } = ref;
  const isBlocked = plan.waiting.length + plan.held.length + plan.unsupported.length + plan.errors.length > 0;
  const ready = plan.stateReadable && plan.gates.length === 0 && !isBlocked;
  return { stack, environment, accountId, region, ready, ...plan };
}

/** The error for an answer without a usable result. */
function unusable(answer: ReaperAnswer, { environment }: StackRef): UserError {
  const result = resultOf(answer);
  return new UserError(
    result?.kind === "invalid"
      ? `The record of ${environment} is invalid, so the reaper deletes nothing:\n${result.faults.map((fault) => `  ${fault}`).join("\n")}`
      : `The reaper gave an answer that this command does not understand: ${JSON.stringify(answer)}. Update both to the same version with automock bootstrap.`,
  );
}
