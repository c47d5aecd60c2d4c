import { formatInstant } from "../../contract/registry";
import { formatDuration } from "../../contract/duration";
import { lastLines } from "../process";
import type { Place } from "../../environments/schema/stacks";
import { TerraformError } from "../terraform/terraform";
import { UserError } from "../../contract/user-error";

/** The holder of a state lock, from terraform's message. */
export interface LockHolder {
  readonly id: string;
  readonly operation: string;
  readonly who: string;
  readonly created: string;
  readonly info: string;
}

type FaultyStack = Place & { readonly id: string; readonly environment: string };

/** Turns an error of terraform into a `UserError`, with a fix if one is known. Other errors stay as they are. */
export function explainTerraformError(error: unknown, stack: FaultyStack): unknown {
  if (!(error instanceof TerraformError)) return error;
  const { stdout, stderr, signal } = error.result;
  // Separately, because terraform writes "planning failed" to standard output after the message of a condition.
  const known = explainTerraformText(stderr, stack) ?? explainTerraformText(stdout, stack);
  if (known) return known;
  const text = lastLines(withoutFrame(stderr.trim() || stdout), 60).trim();
  const ended = signal === null ? "failed" : `was ended by ${signal}`;
  const details = text === "" ? "." : `:\n\n${text}`;
  return new UserError(`terraform ${error.command.split(" ")[1]} of ${stack.id} ${ended}${details}`);
}

/** @returns `undefined` if the text is not about a known problem */
export function explainTerraformText(text: string, stack: FaultyStack): UserError | undefined {
  const plain = withoutFrame(text);
  const holder = parseLock(plain);
  if (holder) return lockHeld(holder, stack.id, new Date());
  if (/S3 bucket "[^"]*" does not exist|NoSuchBucket/.test(plain)) {
    return new UserError(
      `The state bucket of account ${stack.accountId} in ${stack.region} does not exist yet. ` +
        `Create it with automock bootstrap${forEnvironment(stack)}`,
    );
  }
  if (/KMS Alias \(alias\/automock-bootstrap-[^)]*-databases\)/.test(plain)) {
    return new UserError(
      `The key that encrypts databases in account ${stack.accountId}, ${stack.region} does not exist yet. ` +
        `It belongs to the bootstrap stack: run automock bootstrap${forEnvironment(stack)}`,
    );
  }
  const condition = failedCondition(plain);
  if (condition !== undefined) return new UserError(condition);
  if (/Saved plan is stale|Saved plan does not match the given state/.test(plain)) return stalePlan(stack.id);
  return undefined;
}

/** The state changed after the plan was created, so a new plan is required. */
export function stalePlan(stack: string, detail = ""): UserError {
  return new UserError(
    `The saved plan of ${stack} is stale: the state has changed since it was created.${detail}\n` +
      `Nothing was applied. Plan again and review the new plan: automock plan ${stack}`,
  );
}

/** Reads the lock holder from terraform's message; `undefined` if the message is about something else. */
export function parseLock(text: string): LockHolder | undefined {
  const plain = withoutFrame(text);
  if (!plain.includes("Error acquiring the state lock")) return undefined;
  const field = (name: string) => new RegExp(`^\\s*${name}:[ \\t]*(.*)$`, "m").exec(plain)?.[1]?.trim() ?? "";
  return {
    id: field("ID"),
    operation: field("Operation"),
    who: field("Who"),
    created: field("Created"),
    info: field("Info"),
  };
}

export function lockHeld(holder: LockHolder, stack: string, now: Date): UserError {
  const { id, operation, who, created, info } = holder;
  if (id === "") {
    return new UserError(
      `The state of ${stack} could not be locked, and terraform does not report who holds the lock. Nothing was changed.\n` +
        "Try again. The credentials require permission to write the lock (lock table and lock file).",
    );
  }
  const reaper = operation === "OperationTypeReaper";
  const since = Date.parse(created.replace(" +0000 UTC", "Z").replace(" ", "T"));
  const when = Number.isNaN(since) ? created : `${formatInstant(since)} (${ago(now.getTime() - since)})`;
  const folder = `cdktf.out/stacks/${stack}`;
  return new UserError(
    [
      reaper
        ? `The reaper is deleting ${stack} and holds its state lock. Nothing was changed.`
        : `Someone else is working on ${stack} and holds its state lock. Nothing was changed.`,
      `  who:       ${who}`,
      `  what:      ${OPERATIONS[operation] ?? operation}${info === "" ? "" : `, ${info}`}`,
      `  since:     ${when}`,
      `  lock id:   ${id}`,
      reaper
        ? `Wait until it has finished (automock list), then deploy again.`
        : `Wait for the lock with --lock-timeout 10m. If you are certain that its process has died, release the lock:`,
      ...(reaper
        ? []
        : [
            `  npx cdktf synth && terraform -chdir=${folder} init && terraform -chdir=${folder} force-unlock ${id}`,
          ]),
    ].join("\n"),
  );
}

const OPERATIONS: Readonly<Record<string, string>> = {
  OperationTypePlan: "terraform plan",
  OperationTypeApply: "terraform apply",
  OperationTypeReaper: "deletion at the end of its time to live",
};

function ago(ms: number): string {
  return ms < 60_000 ? "less than a minute ago" : `${formatDuration(ms)} ago`;
}

/** The default is prod's bootstrap stack; a bootstrap stack needs no option either. */
function forEnvironment({ environment }: FaultyStack): string {
  return environment === "prod" || environment === "shared" ? "" : ` --environment ${environment}`;
}

/** The message of a failed condition: the last paragraph, which terraform has wrapped. */
function failedCondition(text: string): string | undefined {
  const [, rest] = /Resource (?:pre|post)condition failed([^]*?)(?:\nError: |$)/.exec(text) ?? [];
  return rest
    ?.trim()
    .split(/\n\s*\n/)
    .at(-1)
    ?.replaceAll(/\s*\n\s*/g, " ");
}

/** Removes the frame that terraform draws around its errors. */
function withoutFrame(text: string): string {
  return text.replace(/^[│╷╵] ?/gm, "");
}
