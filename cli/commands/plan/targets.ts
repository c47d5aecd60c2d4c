import type { Cli } from "../../context";
import { bootstrapsOf, stacksOf, type BootstrapRef } from "../../../environments/schema/stacks";
import { UserError } from "../../../contract/user-error";
import type { ChangedLines } from "../../../operations/review/causes";
import type { PlanTarget } from "../../../operations/delivery/make-plan";

/**
 * The stacks to plan: the named ones, those that stay, or every stack of an environment.
 *
 * @throws UserError when stacks are named beside `permanent`, or `--region` leaves none
 */
export function planTargets(
  cli: Cli,
  names: readonly string[],
  { permanent }: { readonly permanent?: true } = {},
): readonly PlanTarget[] {
  if (permanent && names.length > 0)
    throw new UserError("--permanent plans every stack that stays. Omit it, or the names of stacks.");
  if (names.length > 0) return [...new Set(names)].map((name) => planTarget(cli, name));
  const { region } = cli.options;
  const environments = cli.environments();
  const kept = environments.filter(({ ttlHours }) => ttlHours === undefined);
  const all: readonly PlanTarget[] = permanent
    ? [...bootstrapsOf(environments).map(bootstrapTarget), ...stacksOf(kept)]
    : stacksOf(environments);
  const targets = all.filter((stack) => region === undefined || stack.region === region);
  if (targets.length > 0) return targets;
  const known = [...new Set(all.map((stack) => stack.region))];
  throw new UserError(
    `There is no stack in region ${region} (--region). The stacks are in ${known.join(", ")}.`,
  );
}

/**
 * Leaves out stacks that did not change since a revision. Named stacks stay in any case. Without names, a changed
 * bootstrap stack is included.
 */
export async function withoutUnchanged(
  cli: Cli,
  targets: readonly PlanTarget[],
  names: readonly string[],
  { synthFolder, revision }: { readonly synthFolder: string; readonly revision?: string },
): Promise<{
  readonly targets: readonly PlanTarget[];
  readonly unchanged: readonly string[];
  /** Notes for the readers of the plans. */
  readonly notes: readonly string[];
  readonly changedLines: readonly ChangedLines[];
}> {
  if (revision === undefined) return { targets, unchanged: [], notes: [], changedLines: [] };
  const { compareWithRevision } = await import("../../../operations/delivery/changed/changed-stacks");
  const { toPlan, unchanged, notes, changedLines } = await compareWithRevision(cli, synthFolder, revision);
  for (const note of notes) cli.output.progress(note);
  const changed = toPlan.map((id) => planTarget(cli, id));
  const inRegion = changed.filter(({ region }) => (cli.options.region ?? region) === region);
  const wanted = names.length > 0 ? [...targets, ...inRegion] : inRegion;
  const ids = new Set(wanted.map(({ id }) => id));
  return {
    targets: [...ids].map((id) => wanted.find((target) => target.id === id)!),
    unchanged: unchanged.filter((id) => !ids.has(id)),
    notes,
    changedLines,
  };
}

function planTarget(cli: Cli, name: string): PlanTarget {
  const bootstrap = bootstrapsOf(cli.environments()).find(({ id }) => id === name);
  return bootstrap ? bootstrapTarget(bootstrap) : cli.stack(name);
}

export function bootstrapTarget({ id, accountId, region }: BootstrapRef): PlanTarget {
  return { id, accountId, region, system: "bootstrap", environment: "shared" };
}
