import { formatInstant } from "../../contract/registry";
import { formatDuration } from "../../contract/duration";
import { lastLines } from "../process";
import type { Place } from "../../environments/stacks";
import { TerraformError } from "../terraform/terraform";
import { UserError } from "../../contract/user-error";

/** Terraform's record of who holds the lock of a state, as far as it says. */
export interface LockHolder {
  readonly id: string;
  readonly operation: string;
  readonly who: string;
  readonly created: string;
  readonly info: string;
}

type FaultyStack = Place & { readonly id: string; readonly environment: string };

/** What terraform said as a `UserError`, with the fix where one is known; other errors as they came. */
export function explainTerraformError(error: unknown, stack: FaultyStack): unknown {
  if (!(error instanceof TerraformError)) return error;
  const { stdout, stderr, signal } = error.result;
  // Apart: behind the words of a condition, terraform says on standard output that planning failed.
  const known = explainTerraformText(stderr, stack) ?? explainTerraformText(stdout, stack);
  if (known) return known;
  const text = lastLines(withoutFrame(stderr.trim() || stdout), 60).trim();
  const ended = signal === null ? "failed" : `was ended by ${signal}`;
  const said = text === "" ? "." : `:\n\n${text}`;
  return new UserError(`terraform ${error.command.split(" ")[1]} of ${stack.id} ${ended}${said}`);
}

/** @returns `undefined` when the text names nothing that is known here */
export function explainTerraformText(text: string, stack: FaultyStack): UserError | undefined {
  const plain = withoutFrame(text);
  const holder = parseLock(plain);
  if (holder) return lockHeld(holder, stack.id, new Date());
  if (/S3 bucket "[^"]*" does not exist|NoSuchBucket/.test(plain)) {
    return new UserError(
      `The state bucket of account ${stack.accountId} in ${stack.region} does not exist yet. ` +
        `Make it, and what belongs to it: automock bootstrap${forEnvironment(stack)}`,
    );
  }
  const condition = failedCondition(plain);
  if (condition !== undefined) return new UserError(condition);
  if (/Saved plan is stale|Saved plan does not match the given state/.test(plain)) return stalePlan(stack.id);
  return undefined;
}

/** The state changed after the plan was made. There is one answer to that: another plan, read again. */
export function stalePlan(stack: string, detail = ""): UserError {
  return new UserError(
    `The saved plan of ${stack} is stale: the state has changed since it was made.${detail}\n` +
      `Nothing was applied. Plan again, and read what it says now: automock plan ${stack}`,
  );
}

/** Who holds the lock, from terraform's message; `undefined` when the message is about something else. */
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
      `The state of ${stack} could not be locked, and terraform does not say by whom it is held. Nothing was changed.\n` +
        "Try again; the credentials need the right to write the lock (lock table and lock file).",
    );
  }
  const reaper = operation === "OperationTypeReaper";
  const since = Date.parse(created.replace(" +0000 UTC", "Z").replace(" ", "T"));
  const when = Number.isNaN(since) ? created : `${formatInstant(since)} (${ago(now.getTime() - since)})`;
  const folder = `cdktf.out/stacks/${stack}`;
  return new UserError(
    [
      reaper
        ? `The reaper is removing ${stack}: it holds the lock of its state. Nothing was changed.`
        : `Someone else works on ${stack}: the lock of its state is held. Nothing was changed.`,
      `  who:       ${who}`,
      `  what:      ${OPERATIONS[operation] ?? operation}${info === "" ? "" : `, ${info}`}`,
      `  since:     ${when}`,
      `  lock id:   ${id}`,
      reaper
        ? `Wait until it is done (automock list), then deploy again.`
        : `Wait for it: --lock-timeout 10m. If that process is dead for certain, and nobody else's, release the lock:`,
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
  OperationTypeReaper: "removal at the end of its time to live",
};

function ago(ms: number): string {
  return ms < 60_000 ? "less than a minute ago" : `${formatDuration(ms)} ago`;
}

/** The bootstrap stack of prod's place is the default; that of a bootstrap stack itself is its own. */
function forEnvironment({ environment }: FaultyStack): string {
  return environment === "prod" || environment === "shared" ? "" : ` --environment ${environment}`;
}

/** The words of a condition in the code that does not hold: the last paragraph, which terraform has wrapped. */
function failedCondition(text: string): string | undefined {
  const [, rest] = /Resource (?:pre|post)condition failed([^]*?)(?:\nError: |$)/.exec(text) ?? [];
  return rest
    ?.trim()
    .split(/\n\s*\n/)
    .at(-1)
    ?.replaceAll(/\s*\n\s*/g, " ");
}

/** Terraform draws a frame around its errors, which would stand in the way of reading them. */
function withoutFrame(text: string): string {
  return text.replace(/^[│╷╵] ?/gm, "");
}
