import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { confirm } from "../../confirm";
import type { Cli } from "../../context";
import { usd } from "../../../contract/dollars";
import { formatDuration } from "../../../contract/duration";
import type { StackReport } from "../../../operations/review/model";
import { bootstrapsOf, type StackRef } from "../../../environments/schema/stacks";
import { interruptible } from "../interruptible";
import { synthesize } from "../../../operations/terraform/synthesize";
import { UserError } from "../../../contract/user-error";
import { applyPlan } from "../../../operations/delivery/apply-plan";
import {
  refuseProtected,
  refuseProtectedByRecord,
  refuseStillProtected,
} from "../../../operations/delivery/deletion-protection";
import { openRegistry } from "../../open-registry";
import { createClients } from "../../../operations/aws/clients";
import { findLeftovers, type Ghost } from "../../../operations/delivery/leftovers";
import { leftLines, NOTHING_LEFT } from "./view";
import { makePlan } from "../../../operations/delivery/make-plan";
import { reportOf } from "../../../operations/delivery/planned-stack";
import { byType, wrapped } from "../../../operations/review/terminal";
import { readState } from "../../../operations/delivery/state";
import { workFolder } from "../../../operations/delivery/work-folder";

export interface DestroyCommand {
  readonly yes?: true;
  /** For example `5m`. */
  readonly lockTimeout?: string;
}

/** What `automock destroy --json` prints. */
export interface DestroyResult {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  /** `absent`: nothing was deployed. */
  readonly result: "destroyed" | "absent" | "declined" | "incomplete";
  /** Number of destroyed resources. */
  readonly destroyed: number;
  readonly seconds: number;
  /** ARNs of resources that still exist with the stack's tags, and of log groups with its names. */
  readonly left: readonly string[];
  /** Deleted resources that AWS still lists. */
  readonly ghosts: readonly Ghost[];
  /** ARNs of what a database leaves on purpose: its final snapshot and its retained backups. */
  readonly kept: readonly string[];
}

const NOTHING = { destroyed: 0, seconds: 0, left: [], ghosts: [], kept: [] };
const WAIT_MS = 5000;

/**
 * Destroys a stack: plans the destruction, shows the plan, asks for the name, applies exactly that plan, and verifies
 * that nothing is left.
 */
export async function destroyCommand(cli: Cli, name: string, options: DestroyCommand): Promise<void> {
  if (bootstrapsOf(cli.usableEnvironments()).some(({ id }) => id === name)) {
    throw new UserError(
      `${name} holds the state of every stack, so no command destroys it. docs/adr/0004-bootstrap.md describes how to do it by hand.`,
    );
  }
  const stack = cli.stack(name);
  refuseProtected(stack);
  await refuseProtectedByRecord(await openRegistry(cli, stack), stack);
  const terraform = await cli.terraform();
  const work = workFolder(cli, terraform, stack.id);
  try {
    cli.output.progress(`${stack.id}: planning its destruction`);
    const synthFolder = await synthesize(cli, { leaveOutFaulty: true });
    const { lockTimeout } = options;
    const { out } = work;
    const saved = await makePlan(cli, terraform, stack, { synthFolder, out, destroy: true, lockTimeout });
    refuseStillProtected(stack, saved);
    const report = reportOf(cli, saved);
    const going = report.resources.filter(({ action }) => action === "destroy" || action === "forget");
    if (going.length > 0) {
      for (const line of warningLines(stack, report)) cli.output.progress(line);
      if (!options.yes && !(await confirm(`Type ${stack.id} to destroy all of this: `, stack.id))) {
        cli.output.progress("The name does not match. Nothing was changed.");
        return finish(cli, stack, { ...NOTHING, result: "declined" });
      }
    }
    const seconds = saved.hasChanges
      ? await applyPlan(stack, work, {
          ...interruptible(cli, stack.id),
          plan: saved.plan,
          command: "destroy",
          lockTimeout,
        })
      : 0;
    await proveGone(cli, stack, { destroyed: going.length, seconds });
  } finally {
    work.remove();
  }
}

/** What will be destroyed; resources whose data cannot be restored come first. */
function warningLines(stack: StackRef, { resources, cost }: StackReport): string[] {
  const rule = "!".repeat(80);
  const stateful = resources.filter((resource) => resource.stateful !== undefined);
  const others = resources.filter((resource) => resource.stateful === undefined);
  return [
    rule,
    `  ${stack.id} in account ${stack.accountId}, ${stack.region}: ${resources.length} resources will be destroyed`,
    rule,
    ...stateful.map(({ name, type, stateful: loss }) => `  ${name} (${type}): ${loss}`),
    ...wrapped(byType(others), 74).map(
      (part, i) => `  ${i === 0 && stateful.length > 0 ? "and" : "   "} ${part}`,
    ),
    ...(cost && cost.usdMonthlyBefore > 0
      ? [`  It costs ${cost.atLeastBefore ? "at least" : "about"} ${usd(cost.usdMonthlyBefore)} per month.`]
      : []),
    "  This cannot be undone: data, logs and expectations are deleted too.",
  ];
}

async function proveGone(
  cli: Cli,
  stack: StackRef,
  done: Pick<DestroyResult, "destroyed" | "seconds">,
): Promise<void> {
  const inState = (await readState(cli, stack))?.addresses ?? [];
  if (inState.length > 0) {
    throw new UserError(
      `${stack.id} is not destroyed: its state still holds\n${inState.map((address) => `  ${address}`).join("\n")}\n` +
        `Run automock destroy ${stack.id} again.`,
    );
  }
  if (done.destroyed > 0)
    cli.output.progress("The state is empty. Looking for resources that still exist with its tags or names.");
  const clients = await createClients(
    cli.clientConfig(stack.region),
    ...(["tagging", "ec2", "ecs", "kms", "logs", "secrets"] as const),
  );
  const { left, ghosts, kept } = await findLeftovers(clients, {
    system: stack.system,
    environment: stack.environment,
    wait: () => setTimeout(WAIT_MS),
  });
  const result = left.length > 0 ? "incomplete" : done.destroyed > 0 ? "destroyed" : "absent";
  finish(cli, stack, { ...done, result, left, ghosts, kept });
}

function finish(
  cli: Cli,
  stack: StackRef,
  result: Omit<DestroyResult, "stack" | "accountId" | "region">,
): void {
  const { result: outcome, destroyed, seconds, left, ghosts, kept } = result;
  if (outcome === "declined" || outcome === "incomplete") process.exitCode = 1;
  const { id, accountId, region } = stack;
  cli.output.result({ stack: id, accountId, region, ...result } satisfies DestroyResult, () => {
    const { line } = cli.output;
    if (outcome === "declined") return;
    if (outcome === "absent") line(`${stack.id} is not deployed, and nothing is left of it.`);
    else
      line(
        `${stack.id}: ${destroyed} resources destroyed in ${formatDuration(seconds * 1000)}; its state is empty.`,
      );
    if (ghosts.length > 0)
      line(`Deleted, but still listed by AWS for a while: ${ghosts.map(ghostText).join(", ")}`);
    if (kept.length > 0) {
      line("Kept on purpose, as database.finalSnapshot and database.retainAutomatedBackups say:");
      for (const arn of kept) line(`  ${arn}`);
    }
    if (left.length > 0) {
      for (const text of leftLines(left, region)) line(text);
      return;
    }
    if (outcome === "destroyed")
      line(`${kept.length > 0 ? "Nothing else" : "Nothing"} is left: ${NOTHING_LEFT}.`);
    const file = environmentFile(cli, stack);
    if (file !== undefined) line(`You can delete ${file} too: the environment no longer exists.`);
  });
}

function ghostText({ arn, state }: Ghost): string {
  return `${arn.split(":").slice(5).join(":")} (${state})`;
}

function environmentFile(cli: Cli, { environment, definition }: StackRef): string | undefined {
  if (definition?.ttlHours === undefined) return undefined;
  const file = join(cli.projectFolder, "environments", "ephemeral", `${environment}.json`);
  return existsSync(file) ? relative(process.cwd(), file) : undefined;
}
