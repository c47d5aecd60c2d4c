import { InvokeCommand, ResourceNotFoundException, type LambdaClient } from "@aws-sdk/client-lambda";
import { reaperNames, type ReaperPlan } from "../../contract/reaper";
import type { StackRef } from "../../environments/stacks";
import { UserError } from "../../contract/user-error";

/** What `automock reap --dry-run --json` prints. */
export interface DryRunReport extends ReaperPlan {
  readonly stack: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** Whether the reaper would delete now, and end with nothing left. */
  readonly ready: boolean;
}

/** What the reaper answers to `{"action":"plan","environment":…}`. */
type ReaperAnswer = readonly { readonly environment: string; readonly result: ReaperResult }[];

type ReaperResult =
  | { readonly kind: "planned"; readonly plan?: ReaperPlan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "invalid"; readonly faults: readonly string[] };

/**
 * Asks the deployed reaper what it would delete. It looks with its own eyes and rights, and notes in its
 * audit trail what it would have done.
 *
 * @throws UserError when there is no reaper, or it failed
 */
export async function dryRun(lambda: Pick<LambdaClient, "send">, ref: StackRef): Promise<DryRunReport> {
  const { functionName } = reaperNames(ref.accountId, ref.region);
  const { environment } = ref;
  let answer;
  try {
    answer = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(JSON.stringify({ action: "plan", environment })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new UserError(
      `Account ${ref.accountId} has no reaper in ${ref.region} (function ${functionName}). Make it with automock bootstrap.`,
    );
  }
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null");
  if (answer.FunctionError !== undefined) {
    const { errorMessage } = (payload ?? {}) as { readonly errorMessage?: string };
    throw new UserError(
      `The reaper failed: ${errorMessage ?? "it gave no reason"}\nIts log group is /aws/lambda/${functionName}.`,
    );
  }
  return reportOf(payload as ReaperAnswer, ref);
}

function reportOf(answer: ReaperAnswer, { id, environment, accountId, region }: StackRef): DryRunReport {
  const result = Array.isArray(answer) ? (answer as ReaperAnswer)[0]?.result : undefined;
  switch (result?.kind) {
    case "planned": {
      const { plan } = result;
      if (plan === undefined) {
        throw new UserError(
          "The deployed reaper is older than this command. Bring it up to date with automock bootstrap.",
        );
      }
      const blocked =
        plan.waiting.length + plan.held.length + plan.unsupported.length + plan.errors.length > 0;
      return {
        stack: id,
        environment,
        accountId,
        region,
        ready: plan.stateReadable && plan.gates.length === 0 && !blocked,
        ...plan,
      };
    }
    case "nothing":
      throw new UserError(`${id} is not there any more: ${result.reason}.`);
    case "invalid":
      throw new UserError(
        `The record of ${environment} is faulty, so the reaper deletes nothing:\n${result.faults.map((fault) => `  ${fault}`).join("\n")}`,
      );
    default:
      throw new UserError(
        `The reaper answered what this command does not know: ${JSON.stringify(answer)}. Bring both to the same version with automock bootstrap.`,
      );
  }
}
