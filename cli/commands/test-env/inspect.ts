import { EXTENDABLE_PHASES, extension } from "../../../contract/extension";
import { formatInstant, parseInstant } from "../../../contract/registry";
import { TEST_TTL_MINUTES } from "../../../contract/test-run";
import { UserError } from "../../../contract/user-error";
import { loadTestEnvironment } from "../../../environments/schema/test-environment-load";
import { existingRuns } from "../../../operations/test-environments/existing";
import { locateRun } from "../../../operations/test-environments/locate";
import { newRun, openRun } from "../../../operations/test-environments/open";
import { planRun } from "../../../operations/test-environments/plan";
import { statsOf } from "../../../operations/test-environments/stats";
import { readJournal } from "../../../operations/test-environments/world";
import type { Cli } from "../../context";
import { extendedLine, listLines, planLines, showLines, statsLines } from "./view";

/** Shows what a run creates. */
export function planCommand(cli: Cli, name: string): void {
  const spec = loadTestEnvironment(cli.projectFolder, name);
  const plan = planRun(newRun(spec, { key: "plan" }, {}, Date.now()), spec);
  cli.output.result(plan, () => {
    for (const line of planLines(plan)) cli.output.line(line);
  });
}

export async function listCommand(cli: Cli): Promise<void> {
  const { runs: environments, unread } = await existingRuns(cli);
  cli.output.result({ environments, unread }, () => {
    for (const line of listLines(environments, cli.output.colors)) cli.output.line(line);
  });
  for (const place of unread) cli.progress(place);
  if (unread.length > 0) process.exitCode = 1;
}

export async function showCommand(cli: Cli, run: string): Promise<void> {
  const open = openRun(cli, locateRun(cli.projectFolder, run));
  const [read, journal] = await Promise.all([open.registry.get(run), readJournal(open)]);
  if (read.kind === "invalid")
    throw new UserError(`The record of ${run} is invalid: ${read.faults.join("; ")}`);
  if (read.kind === "missing" && journal.length === 0) throw gone(run);
  const record =
    read.kind === "missing"
      ? undefined
      : (({ owner, phase, createdAt, expiresAt, maxExpiresAt, lastError }) => ({
          owner,
          phase,
          createdAt,
          expiresAt,
          maxExpiresAt,
          ...(lastError !== undefined && { lastError }),
        }))(read.record);
  const shown = { run, ...(record && { record }), journal };
  cli.output.result(shown, () => {
    for (const line of showLines(shown)) cli.output.line(line);
  });
}

/** Extends the time to live by `ms` milliseconds. */
export async function extendCommand(cli: Cli, run: string, ms: number): Promise<void> {
  const { registry, header } = openRun(cli, locateRun(cli.projectFolder, run));
  const read = await registry.get(run);
  if (read.kind !== "record") throw gone(run);
  const { expiresAt: from, maxExpiresAt } = read.record;
  const moved = extension(read.record, ms, Date.now());
  if (moved.kind === "removing")
    throw new UserError(`The removal of ${run} has begun, so it cannot be extended.`);
  if (moved.kind === "tooFar") {
    const minutes = Math.max(0, Math.floor(moved.mostMs / 60_000));
    throw new UserError(
      `A test environment lives at most ${TEST_TTL_MINUTES.max / 60} hours; ${run} until ${maxExpiresAt}. The maximum is --by ${minutes}m.`,
    );
  }
  const to = moved.expiresAt;
  if (!(await registry.moveExpiry(run, { from, to, phases: EXTENDABLE_PHASES }))) {
    throw new UserError(`The record of ${run} changed while it was being extended. Try again.`);
  }
  await registry.holdSlots(header.spec, run, parseInstant(to)!);
  const extended = { run, from, to, maxExpiresAt };
  cli.output.result(extended, () => cli.output.line(extendedLine(extended)));
}

/** Shows the times of finished runs. */
export async function statsCommand(cli: Cli, name: string, lastMs: number): Promise<void> {
  const spec = loadTestEnvironment(cli.projectFolder, name);
  const since = formatInstant(Date.now() - lastMs);
  const { registry } = openRun(cli, newRun(spec, { key: "stats" }, {}, Date.now()), { recordsCalls: false });
  const stats = statsOf(name, since, await registry.finishedSince(name, since));
  cli.output.result(stats, () => {
    for (const line of statsLines(stats)) cli.output.line(line);
  });
}

function gone(run: string): UserError {
  return new UserError(
    `${run} does not exist: it has no record and no journal. automock test-env list shows those that do.`,
  );
}
