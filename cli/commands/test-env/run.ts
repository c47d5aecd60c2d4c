import { TEST_EXIT } from "../../../contract/test-run";
import { loadTestEnvironment } from "../../../environments/schema/test-environment-load";
import { expiredRuns } from "../../../operations/test-environments/existing";
import { locateRun } from "../../../operations/test-environments/locate";
import {
  createRun,
  destroy,
  exitCodeOf,
  identityOf,
  wholeRun,
} from "../../../operations/test-environments/lifecycle";
import type { CleanupReport, RunReport } from "../../../operations/test-environments/report";
import { newRun, openRun, type OpenRun } from "../../../operations/test-environments/open";
import { Refused } from "../../../operations/test-environments/refused";
import type { LocalJournal } from "../../../operations/test-environments/journal";
import type { Cli } from "../../context";
import { cleanupLines, exportLines, reportLines, stoppedLines, sweepLines, upLines } from "./view";

/** Options of a new environment. */
export interface NewOptions {
  /** Time to live in minutes. */
  readonly ttl?: number;
  readonly key?: string;
}

/** Creates an environment, runs the tests and removes it. */
export async function runCommand(
  cli: Cli,
  name: string,
  given: readonly string[],
  options: NewOptions,
): Promise<void> {
  const spec = load(cli, name);
  const command = given.length > 0 ? given : (spec.test?.command ?? []);
  if (command.length === 0) {
    throw new Refused(
      `There is no test command: environments/test/${name}.json has no test.command. Add it, or write the command after --: automock test-env run ${name} -- pytest -q`,
    );
  }
  const open = openRun(cli, newRun(spec, runOptions(options), process.env, Date.now()));
  const report = await interruptible(cli, open.journal, (signal) => {
    begin(cli, open);
    return wholeRun(
      open,
      spec,
      {
        command,
        timeoutMinutes: spec.test?.timeoutMinutes ?? 10,
        ...(spec.test?.junit !== undefined && { junit: spec.test.junit }),
        env: cli.env,
        onLine: (line) => cli.output.progress(line),
      },
      signal,
    );
  });
  finish(cli, report, () => reportLines(report, cli.output.colors));
}

function begin({ output }: Cli, { header, journal }: OpenRun): void {
  output.progress(`${header.run}: creating; its journal is ${journal.file}`);
}

/** Creates an environment and keeps it. */
export async function upCommand(
  cli: Cli,
  name: string,
  options: NewOptions & { readonly output?: "env" },
): Promise<void> {
  const spec = load(cli, name);
  const open = openRun(cli, newRun(spec, runOptions(options), process.env, Date.now()));
  let { expiresAt } = open.header;
  const report = await interruptible(cli, open.journal, async (signal): Promise<RunReport> => {
    begin(cli, open);
    const created = await createRun(open, spec, signal);
    const { report: create, outputs, timeline } = created;
    expiresAt = created.expiresAt;
    const cleanup = create.result === "created" ? undefined : await destroy(open);
    const exitCode = exitCodeOf(create, undefined, cleanup, create.result === "interrupted");
    return {
      ...identityOf(open),
      exitCode,
      create,
      ...(cleanup && { cleanup }),
      outputs,
      timeline,
      calls: open.calls.count,
    };
  });
  const isExport = options.output === "env" && report.exitCode === TEST_EXIT.ok;
  finish(cli, report, () =>
    isExport
      ? exportLines(report.outputs)
      : report.cleanup
        ? reportLines(report, cli.output.colors)
        : upLines(report, expiresAt),
  );
}

/** Removes an environment. */
export async function downCommand(cli: Cli, run: string): Promise<void> {
  const open = openRun(cli, locateRun(cli.projectFolder, run));
  const cleanup = await destroy(open);
  const exitCode = cleanup.result === "complete" ? TEST_EXIT.ok : TEST_EXIT.cleanupIncomplete;
  const report = { ...identityOf(open), exitCode, cleanup, calls: open.calls.count };
  finish(cli, report, () => cleanupLines(run, cleanup));
}

/** Lists or removes expired environments. */
export async function sweepCommand(cli: Cli, { yes }: { readonly yes?: true }): Promise<void> {
  const { runs: expired, unread } = await expiredRuns(cli);
  const removed: { readonly run: string; readonly cleanup: CleanupReport }[] = [];
  for (const { run } of yes ? expired : []) {
    removed.push({ run, cleanup: await destroy(openRun(cli, locateRun(cli.projectFolder, run))) });
  }
  if (unread.length > 0 || removed.some(({ cleanup }) => cleanup.result === "incomplete")) {
    process.exitCode = TEST_EXIT.cleanupIncomplete;
  }
  const shown = expired.map(({ run, owner, expiresAt }) => ({ run, owner, expiresAt }));
  cli.output.result({ expired: shown, removed, unread }, () => {
    for (const line of sweepLines(expired, removed)) cli.output.line(line);
  });
  for (const place of unread) cli.progress(place);
}

function load(cli: Cli, name: string) {
  try {
    return loadTestEnvironment(cli.projectFolder, name);
  } catch (error) {
    throw new Refused((error as Error).message, { cause: error });
  }
}

function runOptions({ key, ttl }: NewOptions) {
  return { ...(key !== undefined && { key }), ...(ttl !== undefined && { ttlMinutes: ttl }) };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal stops what is under way and removes the environment; the second ends the command. */
async function interruptible<T>(
  { output }: Cli,
  journal: LocalJournal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) {
      for (const line of stoppedLines(journal.read(), journal.file)) output.progress(line);
      process.exit(TEST_EXIT.interrupted);
    }
    output.progress("Interrupted: removing the environment. A second signal ends this command without that.");
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

function finish(cli: Cli, report: { readonly exitCode: number }, lines: () => readonly string[]): void {
  process.exitCode = report.exitCode;
  cli.output.result(report, () => {
    for (const line of lines()) cli.output.line(line);
  });
}
